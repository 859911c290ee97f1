import { defineStore } from 'pinia'
import { ref, watch } from 'vue'

import { api, ApiError } from '@shared/api/client'
import type { CallRow } from '@shared/live/types'
import { i18n } from '@/i18n'
import { complain, inform, warn } from '@/notice'
import { emptyDraft, heed, lostDue, noted, preselect, type Draft } from '@/wrapup'
import { useActing } from './acting'
import { useCalls } from './calls'
import { useKnowledge } from './knowledge'
import { useLive } from './live'
import { useSession } from './session'

/** The record of a call trails its end by a moment: how often to ask for the guess, and how far apart. */
const GUESS_TRIES = 6
const GUESS_MS = 700

/** What the agent notes of a call: opened by the state after it, kept when another call needs the place. */
export const useWrapUp = defineStore('wrap-up', () => {
  const session = useSession()
  const live = useLive()
  const calls = useCalls()
  const { act } = useActing()
  const { t } = i18n.global

  const draft = ref<Draft | null>(null)
  /** My last call, as it stood. */
  const lastCall = ref<CallRow | null>(null)

  async function save(ready: boolean): Promise<void> {
    const current = draft.value
    if (!current) return
    if (!current.code) {
      warn(t('wrapUp.choose'))
      return
    }
    const { callId } = current
    const body = noted(current, ready)
    if (body === null) {
      warn(t('wrapUp.chooseLost'))
      document.getElementById('lost-reasons')?.querySelector('button')?.focus()
      return
    }
    const saved = await act(async () => {
      try {
        await calls.saveWrapUp(callId, body)
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) throw new ApiError(404, 'wrap_up_pending', t('wrapUp.pending'))
        throw error
      }
    })
    if (!saved) return
    if (draft.value?.callId === callId) draft.value = null
    inform(t('wrapUp.saved'))
    void calls.load()
  }

  /** Whose wrap-up the state opened. */
  let opened = ''

  function begin(callId: string, row: CallRow | null): void {
    opened = callId
    if (draft.value?.callId === callId) return
    keep()
    const code = preselect(row?.intent ?? null, session.codes.wrap_up)
    const used = useKnowledge().usedIn(callId).join(t('knowledge.joint'))
    draft.value = emptyDraft(callId, { call: row, code, suggested: code !== null, knowledge: used })
    void guess(callId)
  }

  /** After a reload nobody here knows which call it was: my newest, if nothing is noted of it. */
  async function recall(left = GUESS_TRIES): Promise<void> {
    const newest = await api.myCalls(1).then((page) => page.items[0]).catch(() => undefined)
    if (live.me?.state !== 'wrap_up' || draft.value) return
    if (newest?.ended_at && !newest.wrap_up) begin(newest.id, null)
    else if (left > 1) window.setTimeout(() => void recall(left - 1), GUESS_MS)
  }

  /** What was done in the call says more than the keys that were pressed. */
  async function guess(callId: string, left = GUESS_TRIES): Promise<void> {
    try {
      const found = await api.guess(callId)
      if (draft.value?.callId === callId) heed(draft.value, found)
    } catch (error) {
      const later = error instanceof ApiError && left > 1 && draft.value?.callId === callId
      if (later) window.setTimeout(() => void guess(callId, left - 1), GUESS_MS)
    }
  }

  /** From the list: give a code to an earlier call. */
  function reopen(callId: string, code: string | null, note: string): void {
    draft.value = emptyDraft(callId, { code, note })
    void guess(callId)
    void calls.follow(callId)
  }

  function choose(code: string): void {
    if (draft.value) Object.assign(draft.value, { code, suggested: false, touched: true })
  }

  watch(
    () => live.myCall,
    (row) => {
      if (row) lastCall.value = row
    },
  )

  watch(
    () => [live.me?.state, live.me?.call_id] as const,
    ([state, id], [before]) => {
      const callId = id ?? lastCall.value?.id
      if (state === 'wrap_up' && callId) {
        begin(callId, lastCall.value?.id === callId ? lastCall.value : null)
        void calls.load()
      } else if (state === 'wrap_up') {
        void recall()
      } else if (before === 'wrap_up' && state !== undefined) {
        leave()
      }
    },
  )

  const worthKeeping = (current: Draft) => current.code !== null && (current.touched || current.note.trim() !== '')

  /** Wrap-up ended by time: what was chosen by hand is kept, an untouched suggestion is not. */
  function leave(): void {
    const current = draft.value
    if (!current || current.callId !== opened) return
    if (worthKeeping(current) && !(lostDue(current) && !current.lostReason)) void save(false)
    else if (!worthKeeping(current) && !current.note.trim()) draft.value = null
  }

  /** Another call needs the place: what was written about the former one is saved. */
  function keep(): void {
    const former = draft.value
    if (!former?.code || !worthKeeping(former)) return
    // Without an intent nobody is asked why there was no order: the next caller waits.
    const bare = { code: former.code, note: former.note.trim(), intent: '', outcome: '', lost_reason: '', ready: false } as const
    calls.saveWrapUp(former.callId, noted(former, false) ?? bare).catch(complain)
  }

  function clear(): void {
    draft.value = null
    lastCall.value = null
  }

  return { draft, lastCall, save, reopen, choose, clear }
})
