import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import { api, ApiError } from '@shared/api/client'
import type { Code, Codes, QueueOut, Session } from '@shared/api/types'
import { setServerTime } from '@shared/clock'
import { adoptLocale } from '@/i18n'

// As on a keyboard: 1 … 9, then 0.
function inKeyOrder({ pause, wrap_up }: Codes): Codes {
  const order = (list: Code[]) => [...list].sort((a, b) => (Number(a.key) || 10) - (Number(b.key) || 10))
  return { pause: order(pause), wrap_up: order(wrap_up) }
}

const MANAGERS = ['supervisor', 'owner', 'admin']
const VOUCHER_APPROVERS = [...MANAGERS, 'finance']
/** As the server's roles have it: a supervisor leads from the desk. */
const BACK_OFFICE = ['owner', 'admin', 'finance']

type Status = 'loading' | 'out' | 'in' | 'unreachable'

export const useSession = defineStore('session', () => {
  const status = ref<Status>('loading')
  const session = shallowRef<Session | null>(null)
  const codes = shallowRef<Codes>({ pause: [], wrap_up: [] })
  const queues = shallowRef<QueueOut[]>([])
  const expired = ref(false)

  const agent = computed(() => session.value?.agent ?? null)
  /** The address of the softphone, or null for people without one and for desk phones. */
  const softphone = computed(() => session.value?.softphone ?? null)
  const manages = computed(() => MANAGERS.includes(session.value?.user.role ?? ''))
  const approvesVouchers = computed(() => VOUCHER_APPROVERS.includes(session.value?.user.role ?? ''))
  /** Takes orders and keeps customers' records; the others only look. */
  const serves = computed(() => ['agent', ...MANAGERS].includes(session.value?.user.role ?? ''))
  const backOffice = computed(() => BACK_OFFICE.includes(session.value?.user.role ?? ''))
  /** May be in other people's conversations, and has a device for it. */
  const supervises = computed(() => manages.value && agent.value !== null)
  const myQueues = computed(() => agent.value?.queues.map((queue) => queue.id) ?? [])

  async function timed(ask: () => Promise<Session>): Promise<Session> {
    const sent = Date.now()
    const answer = await ask()
    setServerTime(answer.server_time, sent, Date.now())
    return answer
  }

  function enter(next: Session): void {
    session.value = next
    expired.value = false
    adoptLocale(next.user.language)
    status.value = 'in'
    if (next.second_factor !== 'needed') void loadLists()
  }

  /** Names of codes and queues; the desk works without them until they come. */
  async function loadLists(): Promise<void> {
    const [gotCodes, gotQueues] = await Promise.allSettled([api.codes(), api.queues()])
    if (gotCodes.status === 'fulfilled') codes.value = inKeyOrder(gotCodes.value)
    if (gotQueues.status === 'fulfilled') queues.value = gotQueues.value
  }

  async function load(): Promise<void> {
    status.value = 'loading'
    try {
      enter(await timed(api.session))
    } catch (error) {
      const out = error instanceof ApiError && (error.status === 401 || error.status === 403)
      status.value = out ? 'out' : 'unreachable'
    }
  }

  /** Throws ApiError. */
  async function signIn(username: string, password: string, code: string): Promise<void> {
    enter(await timed(() => api.signIn(username, password, code)))
  }

  /** What the server knows of the signed-in person, while the desk goes on. */
  async function refresh(): Promise<void> {
    session.value = await timed(api.session)
  }

  /** Throws ApiError when the server refuses; a session that is gone already counts as done. */
  async function signOut(): Promise<void> {
    try {
      await api.signOut()
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error
    }
    leave(false)
  }

  function leave(because: boolean): void {
    session.value = null
    expired.value = because
    status.value = 'out'
  }

  const queueName = (id: string | null): string => {
    if (id === null) return ''
    const known = agent.value?.queues.find((q) => q.id === id) ?? queues.value.find((q) => q.id === id)
    return known?.name ?? id
  }
  const pauseName = (code: string | null): string => codes.value.pause.find((c) => c.code === code)?.name ?? code ?? ''
  const wrapUpSeconds = (queue: string | null): number | null =>
    queues.value.find((q) => q.id === queue)?.wrap_up ?? null

  return {
    status, session, codes, queues, expired, agent, softphone, myQueues, manages, approvesVouchers, backOffice, serves, supervises,
    load, refresh, loadLists, signIn, signOut, leave, queueName, pauseName, wrapUpSeconds,
  }
})
