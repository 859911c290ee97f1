import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import { api, ApiError, sessionMark } from '@shared/api/client'
import type { Session } from '@shared/api/types'
import { setServerTime } from '@shared/clock'
import { adoptLocale } from '@courier/i18n'

/** Who works with this phone; remembered, so that the app opens without a network too. */
export interface Who {
  id: number
  username: string
  name: string
}

const WHO = 'springline.courier.who'
const LAST = 'springline.courier.last'
const LEAVING = 'springline.courier.leaving'

function remembered(): Who | null {
  try {
    return JSON.parse(localStorage.getItem(WHO) ?? 'null') as Who | null
  } catch {
    return null
  }
}

/** stranger: somebody is signed in who is no courier. */
type Status = 'loading' | 'out' | 'in' | 'unreachable' | 'stranger'

export const useSession = defineStore('session', () => {
  const status = ref<Status>('loading')
  const who = shallowRef<Who | null>(null)
  const expired = ref(false)
  const lastUsername = computed(() => who.value?.username ?? localStorage.getItem(LAST) ?? '')
  let mark = ''

  async function timed(ask: () => Promise<Session>): Promise<Session> {
    const sent = Date.now()
    const answer = await ask()
    setServerTime(answer.server_time, sent, Date.now())
    return answer
  }

  function enter({ user }: Session): void {
    mark = sessionMark()
    expired.value = false
    adoptLocale(user.language)
    if (user.role !== 'courier') {
      status.value = 'stranger'
      return
    }
    who.value = { id: user.id, username: user.username, name: user.name }
    localStorage.setItem(WHO, JSON.stringify(who.value))
    localStorage.setItem(LAST, user.username)
    status.value = 'in'
  }

  /** Opens at once for whoever worked here last: there may be no network, or a slow one. */
  async function load(): Promise<void> {
    who.value = remembered()
    if (who.value) {
      status.value = 'in'
      return
    }
    status.value = 'loading'
    try {
      if (localStorage.getItem(LEAVING)) await endSession()
      enter(await timed(api.session))
    } catch (error) {
      const out = error instanceof ApiError && (error.status === 401 || error.status === 403)
      status.value = out || localStorage.getItem(LEAVING) ? 'out' : 'unreachable'
    }
  }

  /** Throws ApiError. */
  async function signIn(username: string, password: string): Promise<void> {
    enter(await timed(() => api.signIn(username, password)))
    localStorage.removeItem(LEAVING)
  }

  /** The network is back: a session that should be over ends now. */
  async function finishLeaving(): Promise<void> {
    if (localStorage.getItem(LEAVING)) await endSession().catch(() => undefined)
  }

  async function endSession(): Promise<void> {
    try {
      await api.signOut()
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error
    }
    localStorage.removeItem(LEAVING)
  }

  /** Without a network the session itself ends when there is one again. */
  async function signOut(): Promise<void> {
    localStorage.setItem(LEAVING, '1')
    localStorage.removeItem(WHO)
    who.value = null
    status.value = 'out'
    await endSession().catch(() => undefined)
  }

  /** The session is this courier's again, such as by a sign-in in another tab. */
  function resume(): void {
    if (!expired.value || !who.value) return
    expired.value = false
    status.value = 'in'
  }

  /** The session is over; what is kept on the phone stays. */
  function lapse(): void {
    expired.value = true
    status.value = 'out'
  }

  /** No network to sign in with: the work goes on, and is sent after the next sign-in. */
  function carryOn(): void {
    if (who.value) status.value = 'in'
  }

  /** Throws ApiError unless the session is this courier's own. */
  async function mine(): Promise<void> {
    if (mark !== '' && mark === sessionMark()) return
    const { user } = await timed(api.session)
    if (user.id !== who.value?.id) throw new ApiError(403, 'other_courier', '')
    mark = sessionMark()
  }

  return { status, who, expired, lastUsername, load, signIn, signOut, resume, lapse, carryOn, finishLeaving, mine, enter, WHO }
})
