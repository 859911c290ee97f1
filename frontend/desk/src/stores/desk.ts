import { defineStore, storeToRefs } from 'pinia'
import { computed, reactive, watch } from 'vue'

import { api } from '@shared/api/client'
import { serverNow } from '@shared/clock'
import type { MobileUse, SuperviseWay } from '@shared/live/types'
import { i18n } from '@/i18n'
import { inform, warn } from '@/notice'
import { useActing } from './acting'
import { useLive } from './live'
import { usePhone } from './phone'
import { useSession } from './session'
import { useWrapUp } from './wrapUp'

export type Scene = 'idle' | 'ringing' | 'talking' | 'wrap_up'

// A call that control no longer knows is dropped after this pause; events may overtake each other a little.
const STALE_MS = 4_000
/** How long the warning lasts, and a moment to answer it. */
const WARNING_MS = 5_000
/** Whoever looks for the cable does not look at the screen. */
const TAKEN_MS = 30_000
/** A device that was asked to listen rings within this time. */
const RING_EXPECTED_MS = 10_000

/** What the agent does: joins the live floor, the softphone and the records into one scene. */
export const useDesk = defineStore('desk', () => {
  const session = useSession()
  const live = useLive()
  const phone = usePhone()
  const { t } = i18n.global

  const { acting } = storeToRefs(useActing())
  const { act } = useActing()
  const wrapUp = useWrapUp()
  const { draft, lastCall } = storeToRefs(wrapUp)
  const open = reactive({ pause: false, keypad: false, transfer: false, keys: false })

  /** Calls come to my mobile, and the browser has no part in them. */
  const byMobile = computed(() => live.me?.mobile === 'only' || (live.myCall?.mobile === true && live.myCall.agent === session.agent?.id))
  const webrtc = computed(() => session.softphone !== null && !byMobile.value)
  const ringing = computed(() =>
    webrtc.value ? phone.ringing : live.me?.state === 'ringing',
  )
  const talking = computed(() => (webrtc.value ? phone.conversation : live.me?.state === 'talking'))
  const call = computed(() => live.myCall ?? (talking.value || ringing.value ? lastCall.value : null))
  const scene = computed<Scene>(() => {
    if (ringing.value) return 'ringing'
    if (talking.value) return 'talking'
    return draft.value ? 'wrap_up' : 'idle'
  })

  const startWork = () => api.agentSignIn()

  async function ready(): Promise<void> {
    if (!session.agent) return
    open.pause = false
    await act(async () => {
      if (!live.me || live.me.state === 'offline') await startWork()
      await api.agentReady()
    })
  }

  /** Only who is signed in can be rung. */
  async function useMobile(use: MobileUse): Promise<void> {
    if (!session.agent) return
    await act(async () => {
      if (!live.me || live.me.state === 'offline') await startWork()
      await api.useMobile(use)
    })
  }

  async function pause(reason: string): Promise<void> {
    open.pause = false
    await act(async () => {
      if (!live.me || live.me.state === 'offline') await startWork()
      await api.agentPause(reason)
    })
  }

  function answer(): void {
    phone.answer()
  }

  /** The agent ended the conversation at hand. */
  let left = false

  /** Both roads: the phone's own, and control's, which also works while the signalling is lost. */
  async function hangUp(): Promise<void> {
    left = true
    open.keypad = false
    const adrift = phone.state === 'adrift'
    const told = phone.hangUp()
    const id = call.value?.id
    if (!id || (told && !adrift)) return
    // Who only listens must not end the conversation.
    await act(() => (live.supervised ? api.supervise(id, 'leave') : api.hangUp(id)))
  }

  /** Mine to hand over: an incoming call that talks with me. */
  const transferable = computed(() => {
    const row = live.myCall
    return talking.value && row?.phase === 'talking' && row.agent === session.agent?.id && row.direction !== 'out' && !row.consult
  })
  /** Mine to warn: who talks with me, and hears me. */
  const warnable = computed(() => {
    const row = live.myCall
    return talking.value && row?.phase === 'talking' && row.agent === session.agent?.id && !row.consult && !row.held
  })

  /** First the warning, and after it the closing words that end the call. */
  async function warnCaller(): Promise<void> {
    const row = live.myCall
    if (!row || !warnable.value) return
    if (!row.warned_at) {
      if (await act(() => api.warn(row.id))) inform(t('abuse.said'))
      return
    }
    // Pressed twice in a hurry is pressed once: the caller has not heard it to the end yet.
    if (serverNow() - Date.parse(row.warned_at) < WARNING_MS) return
    await act(() => api.dismiss(row.id))
  }

  const consulting = computed(() => talking.value && live.myCall?.consult != null && !live.supervised)

  /** Until when my device's ring is the one that I asked for (ms). */
  let ringExpected = 0

  async function supervise(id: string, way: SuperviseWay | 'leave'): Promise<void> {
    if (!live.supervised) ringExpected = Date.now() + RING_EXPECTED_MS
    if (!(await act(() => api.supervise(id, way)))) ringExpected = 0
  }

  watch(
    () => phone.ringing,
    (rings) => {
      if (!rings || Date.now() > ringExpected) return
      ringExpected = 0
      phone.answer()
    },
  )

  async function transfer(to: { to_agent: string } | { queue: string } | { number: string }): Promise<void> {
    const id = live.myCall?.id
    if (!id || !(await act(() => api.transfer(id, to)))) return
    open.transfer = false
    inform(t('handover.given'))
  }

  async function consult(who: { to_agent: string } | { number: string }): Promise<void> {
    const id = live.myCall?.id
    if (id && (await act(() => api.consult(id, who)))) open.transfer = false
  }

  async function goOn(way: 'return' | 'complete' | 'join'): Promise<void> {
    const id = live.myCall?.id
    if (id) await act(() => api.goOn(id, way))
  }

  function digit(key: string): void {
    if (open.keypad) {
      phone.dtmf(key)
    } else if (open.pause) {
      const reason = session.codes.pause.find((code) => code.key === key)
      if (reason) void pause(reason.code)
    } else {
      const code = session.codes.wrap_up.find((item) => item.key === key)
      if (code) wrapUp.choose(code.code)
    }
  }

  watch(
    () => live.me?.state,
    (state, before) => {
      if (before === 'ringing' && (state === 'ready' || state === 'paused')) window.setTimeout(missed, 300)
    },
  )

  function missed(): void {
    if (live.me?.state === 'paused' && live.me.reason === 'no_answer') warn(t('state.autoPaused'))
    else if (lastCall.value && live.calls.some((row) => row.id === lastCall.value?.id)) warn(t('state.missed'))
  }

  watch(
    () => live.link,
    (now, before) => before === 'lost' && now !== 'lost' && phone.probe(),
  )

  /** A network that breaks off is seen on the phone's card; what became of the call is said afterwards. */
  watch(
    () => [phone.conversation, phone.cutOff] as const,
    ([talks, cut], [talked, wasCut]) => {
      if (talks && !talked) left = false
      if (!wasCut || !talked) return
      if (talks && !cut) inform(t('phone.soundBack'))
      else if (!talks && !left) warn(t('phone.callTaken'), TAKEN_MS)
    },
  )

  let staleTimer = 0
  watch(
    () => phone.conversation && live.link === 'live' && live.me !== null && !['ringing', 'talking'].includes(live.me.state),
    (stale) => {
      window.clearTimeout(staleTimer)
      if (stale) staleTimer = window.setTimeout(() => phone.settle(), STALE_MS)
    },
  )

  watch(
    () => open.pause,
    (now) => now && Object.assign(open, { keypad: false, transfer: false }),
  )
  watch(
    () => open.keypad,
    (now) => now && Object.assign(open, { pause: false, transfer: false }),
  )
  watch(
    () => open.transfer,
    (now) => now && Object.assign(open, { pause: false, keypad: false }),
  )
  watch(talking, (now) => {
    if (!now) Object.assign(open, { keypad: false, transfer: false })
  })

  function clear(): void {
    wrapUp.clear()
    Object.assign(open, { pause: false, keypad: false, transfer: false, keys: false })
  }

  return {
    open, acting, act, ringing, talking, call, scene, webrtc,
    transferable, warnable, warnCaller, byMobile, useMobile, consulting, transfer, consult, goOn, supervise, startWork, ready, pause, answer, hangUp, digit, clear,
  }
})
