import { defineStore } from 'pinia'
import { computed, reactive, ref, shallowRef, watch } from 'vue'

import { ApiError } from '@shared/api/client'
import { customers, type PopOf } from '@shared/api/customers'
import type { Customer, Pop, RegionFound } from '@shared/api/types'
import type { Notice } from '@shared/live/types'
import { useDesk } from './desk'
import { useLive } from './live'
import { useWrapUp } from './wrapUp'
import { settled } from '@/settled'

/**
 * none: nobody is looked at; loading; failed: could not be asked; the rest as the server's pop says: known, new,
 * unidentified (the number stands for nobody), unavailable (the customer data could not be read in time).
 */
export type CustomerKind = 'none' | 'loading' | 'failed' | 'known' | 'new' | 'unidentified' | 'unavailable'

// Several notices of one change (order, voucher, task) arrive together: one reading answers them all.
const SETTLE_MS = 150
/** The database was slow, or a part was missing: ask again after this. */
const AGAIN_MS = 1_500
/** Between a call's end and its wrap-up the call is nowhere for an instant. */
const GONE_MS = 1_500

/**
 * Whom the desk is about: the caller as the pop of the call says, or a customer whom the agent chose. Other
 * rooms read `id`, `addresses`, `parts` and `callId`, and call `refresh` when they changed something.
 */
export const useCustomer = defineStore('customer', () => {
  const desk = useDesk()
  const wrapUp = useWrapUp()
  const live = useLive()

  const asked = shallowRef<PopOf | null>(null)
  const pop = shallowRef<Pop | null>(null)
  const failure = shallowRef<unknown>(null)
  /** The call for which this customer is shown, "" without one: what is done for the customer belongs to it. */
  const callId = ref('')
  /** What the caller's own number said, also after the agent chose somebody else. */
  const callerPop = shallowRef<Pop | null>(null)
  /** The whole record; follows `pop` by a moment. */
  const record = shallowRef<Customer | null>(null)
  let turn = 0
  const news = settled(SETTLE_MS, () => void read())
  let retrying: ReturnType<typeof setTimeout> | undefined
  let leaving: ReturnType<typeof setTimeout> | undefined
  /** Who has unsaved work for this customer: it must not go away with the call. */
  const held = reactive(new Set<string>())

  const kind = computed<CustomerKind>(() => {
    if (!asked.value) return 'none'
    if (pop.value) return pop.value.kind as CustomerKind
    return failure.value ? 'failed' : 'loading'
  })
  const id = computed(() => pop.value?.customer?.id ?? null)
  const person = computed(() => pop.value?.customer ?? null)
  const addresses = computed(() => pop.value?.addresses ?? [])
  const parts = computed<Record<string, unknown>>(() => pop.value?.parts ?? {})
  /** The caller's or told number as the server takes it, "" while it is hidden. */
  const number = computed(() => {
    const of = asked.value
    if (of && 'number' in of) return of.number
    const row = desk.call?.id === callId.value ? desk.call : null
    return kind.value === 'unidentified' ? '' : (row?.caller ?? callerPop.value?.display ?? '')
  })
  /** A number that a caller has or told and that has no customer: whoever is chosen next may own it. */
  const unboundNumber = ref('')
  const chosen = computed(() => asked.value !== null && 'customer_id' in asked.value)

  /** Reads `asked` again; an answer that a later question overtook is dropped. */
  async function read(): Promise<void> {
    const of = asked.value
    if (!of) return
    const mine = ++turn
    clearTimeout(retrying)
    try {
      const found = await customers.pop(of)
      if (mine !== turn) return
      pop.value = found
      failure.value = null
      if ('call_id' in of) callerPop.value = found
      if (found.kind === 'new') unboundNumber.value = number.value
      if (found.kind === 'unavailable' || found.stale || found.missing.length > 0) retrying = setTimeout(() => void read(), AGAIN_MS)
      await readRecord(mine)
    } catch (error) {
      if (mine !== turn) return
      failure.value = error
      // A call that control has just put through may not be known to the web yet.
      if (error instanceof ApiError && (error.status === 0 || error.status >= 500 || error.code === 'unknown_call')) {
        retrying = setTimeout(() => void read(), AGAIN_MS)
      }
    }
  }

  async function readRecord(mine: number): Promise<void> {
    const customerId = id.value
    if (customerId === null) {
      record.value = null
      return
    }
    if (record.value?.id !== customerId) record.value = null
    try {
      const got = await customers.read(customerId)
      if (mine === turn) record.value = got
    } catch (error) {
      // The pop has what a call needs; the record's own panel says that it is missing.
      if (!(error instanceof ApiError)) throw error
    }
  }

  function look(of: PopOf, call: string): Promise<void> {
    // Whoever is chosen right after a call is not that call's, and stays.
    clearTimeout(leaving)
    held.clear()
    asked.value = of
    callId.value = call
    pop.value = null
    record.value = null
    failure.value = null
    return read()
  }

  const currentCall = (): string => desk.call?.id ?? wrapUp.draft?.callId ?? ''

  const showCall = (id: string): Promise<void> => {
    callerPop.value = null
    unboundNumber.value = ''
    return look({ call_id: id }, id)
  }
  /** Whoever the agent means; during a call and its wrap-up the work still belongs to that call. */
  const choose = (customerId: number): Promise<void> => look({ customer_id: customerId }, currentCall())
  /** A number the caller told; false when it is none. */
  async function ask(told: string): Promise<boolean> {
    try {
      await customers.pop({ number: told })
    } catch (error) {
      if (error instanceof ApiError && error.code === 'bad_number') return false
    }
    await look({ number: told }, currentCall())
    return true
  }
  /** Back from a chosen customer to the caller. */
  const backToCaller = (): Promise<void> => (currentCall() ? showCall(currentCall()) : Promise.resolve(close()))

  /** No call stands behind it: the agent may put it away. */
  const closable = computed(() => asked.value !== null && currentCall() === '')

  const refresh = (): Promise<void> => read()

  /** The record as a write of ours answered it; the pop follows. */
  function took(saved: Customer): void {
    if (saved.id === id.value) record.value = saved
    void read()
  }

  function setRegion(region: RegionFound): void {
    if (callerPop.value) callerPop.value = { ...callerPop.value, region }
    if (pop.value?.region) pop.value = { ...pop.value, region }
  }

  function close(): void {
    turn += 1
    news.cancel()
    for (const timer of [retrying, leaving]) clearTimeout(timer)
    held.clear()
    asked.value = pop.value = record.value = callerPop.value = failure.value = null
    callId.value = unboundNumber.value = ''
  }

  function heard(notice: Notice | null): void {
    if (!asked.value || (notice && !concerns(notice))) return
    news.soon()
  }

  const concerns = (notice: Notice): boolean =>
    id.value !== null && String(notice.kind === 'customer' ? notice.id : notice.facts.customer_id) === String(id.value)

  live.onNotice(heard)

  /** A panel says whether it has unsaved work. */
  function hold(who: string, unsaved: boolean): void {
    if (unsaved) held.add(who)
    else held.delete(who)
  }

  watch(currentCall, (now, before) => {
    clearTimeout(leaving)
    if (now && now !== callId.value) void showCall(now)
    else if (!now && before) leaving = setTimeout(() => held.size === 0 && close(), GONE_MS)
  })

  return {
    asked, pop, kind, id, person, addresses, parts, record, failure, callId, callerPop, chosen, number, unboundNumber,
    showCall, choose, ask, backToCaller, refresh, took, setRegion, hold, closable, close,
  }
})
