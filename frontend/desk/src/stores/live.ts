import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import { agentsOf, callsOf, deadTrunkOf, engineOf, queuesOf, waitingCalls, type LiveState } from '@shared/live/apply'
import { LiveStream, type LiveLink } from '@shared/live/stream'
import type { Notice } from '@shared/live/types'
import { useSession } from './session'

/** null: notices may have been missed, so whatever is on the screen is to be read again. */
export type NoticeListener = (notice: Notice | null) => void

export const useLive = defineStore('live', () => {
  const session = useSession()
  const state = shallowRef<LiveState | null>(null)
  const link = ref<LiveLink>('connecting')

  const listeners = new Set<NoticeListener>()
  const tell = (notice: Notice | null) => listeners.forEach((listener) => listener(notice))

  /** Until the returned function is called. */
  function onNotice(listener: NoticeListener): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  const stream = new LiveStream('/api/live', {
    state: (next) => (state.value = next),
    link: (next) => {
      const back = link.value === 'lost' && next !== 'lost'
      link.value = next
      if (back) tell(null)
    },
    notice: tell,
    unauthorised: () => session.leave(true),
  })

  const agents = computed(() => agentsOf(state.value))
  const calls = computed(() => callsOf(state.value))
  const engine = computed(() => engineOf(state.value))
  const deadTrunk = computed(() => deadTrunkOf(state.value))
  const waiting = computed(() => waitingCalls(state.value, session.myQueues))
  const me = computed(() => agents.value.find((row) => row.id === session.agent?.id) ?? null)
  const colleagues = computed(() => agents.value.filter((row) => row.id !== session.agent?.id))
  /** The conversation of somebody else that I am in as a supervisor. */
  const supervised = computed(() => {
    const mine = session.agent?.id
    return calls.value.find((call) => mine !== undefined && mine in (call.supervisors ?? {})) ?? null
  })
  /** The call that rings or talks with me, about which a colleague asks me, or that I supervise. */
  const myCall = computed(() => {
    const mine = session.agent?.id
    if (!mine) return null
    const busy = calls.value.filter((call) => call.phase === 'ringing' || call.phase === 'talking')
    return busy.find((call) => call.agent === mine || call.consult === mine) ?? supervised.value
  })

  /** Agents whose caller was warned of abuse in the conversation that goes on. */
  const warned = computed(() => new Set(calls.value.filter((call) => call.warned_at).map((call) => call.agent)))

  const agentName = (id: string | null): string => agents.value.find((row) => row.id === id)?.name ?? id ?? ''

  const queueName = (id: string | null): string => {
    const row = queuesOf(state.value).find((queue) => queue.id === id)
    return row?.name ?? session.queueName(id)
  }

  function start(): void {
    state.value = null
    stream.start()
    window.addEventListener('online', hurry)
    window.addEventListener('offline', cut)
  }

  function stop(): void {
    stream.stop()
    window.removeEventListener('online', hurry)
    window.removeEventListener('offline', cut)
    state.value = null
  }

  const cut = () => stream.cut()

  function hurry(): void {
    stream.hurry()
  }

  return {
    state, link, agents, calls, engine, deadTrunk, waiting, me, colleagues, supervised, myCall, warned, agentName, queueName,
    start, stop, hurry, onNotice,
  }
})
