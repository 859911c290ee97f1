import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'

import { ApiError } from '@shared/api/client'
import { customers, type PopOf } from '@shared/api/customers'
import type { Customer, Pop } from '@shared/api/types'

import { useCustomer } from '../stores/customer'
import { useDesk } from '../stores/desk'
import { useWrapUp } from '../stores/wrapUp'
import { emptyDraft } from '../wrapup'

const known = (id: number, more: Partial<Pop> = {}): Pop =>
  ({ kind: 'known', display: '138 0001 2345', customer: { id, name: `客户${id}` }, addresses: [], parts: {}, missing: [], stale: false, ...more }) as unknown as Pop
const stranger = { ...known(0), kind: 'new', customer: null, banner: '首次订水请提供地址' } as unknown as Pop

/** Whose pop is asked → the answer, given when the test says so. */
function server() {
  const open: { of: PopOf; answer: (pop: Pop) => void; fail: (error: unknown) => void }[] = []
  vi.spyOn(customers, 'pop').mockImplementation(
    (of) => new Promise((answer, fail) => open.push({ of, answer, fail })),
  )
  vi.spyOn(customers, 'read').mockImplementation((id) => Promise.resolve({ id } as Customer))
  return open
}

/** As when a call is reopened for its wrap-up: the one way to a call id without a telephone. */
async function callIs(id: string | null): Promise<void> {
  useDesk()
  useWrapUp().draft = id === null ? null : emptyDraft(id)
  await nextTick()
}

describe('whom the desk is about', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    setActivePinia(createPinia())
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  it('is the caller as soon as there is a call, and nobody after it', async () => {
    const asked = server()
    const customer = useCustomer()
    await callIs('c1')
    expect(customer.kind).toBe('loading')
    expect(asked[0]?.of).toEqual({ call_id: 'c1' })
    asked[0]?.answer(known(7))
    await vi.advanceTimersByTimeAsync(0)
    expect([customer.kind, customer.id, customer.callId]).toEqual(['known', 7, 'c1'])
    await callIs(null)
    await vi.advanceTimersByTimeAsync(5_000)
    expect([customer.kind, customer.callId]).toEqual(['none', ''])
  })

  it('drops the answer that a later question overtook', async () => {
    const asked = server()
    const customer = useCustomer()
    void customer.choose(1)
    void customer.choose(2)
    asked[1]?.answer(known(2))
    asked[0]?.answer(known(1))
    await vi.advanceTimersByTimeAsync(0)
    expect(customer.id).toBe(2)
  })

  it('does the work for the call that is on, whomever the agent chose', async () => {
    const asked = server()
    const customer = useCustomer()
    await callIs('c1')
    asked[0]?.answer(stranger)
    await vi.advanceTimersByTimeAsync(0)
    void customer.choose(9)
    asked[1]?.answer(known(9))
    await vi.advanceTimersByTimeAsync(0)
    expect([customer.id, customer.callId, customer.chosen]).toEqual([9, 'c1', true])
    expect(customer.unboundNumber).toBe('138 0001 2345')
  })

  it('stays after the call while work is unsaved', async () => {
    const asked = server()
    const customer = useCustomer()
    await callIs('c1')
    asked[0]?.answer(known(7))
    await vi.advanceTimersByTimeAsync(0)
    customer.hold('order', true)
    await callIs(null)
    await vi.advanceTimersByTimeAsync(5_000)
    expect([customer.id, customer.callId]).toEqual([7, 'c1'])
  })

  it('asks again by itself while the data are unavailable, stale or in part', async () => {
    for (const first of [known(7, { stale: true }), known(7, { missing: ['orders'] }), known(7, { kind: 'unavailable', customer: null })]) {
      setActivePinia(createPinia())
      const asked = server()
      const customer = useCustomer()
      void customer.showCall('c1')
      asked[0]?.answer(first)
      await vi.advanceTimersByTimeAsync(10_000)
      expect(asked).toHaveLength(2)
      asked[1]?.answer(known(7))
      await vi.advanceTimersByTimeAsync(10_000)
      expect(asked).toHaveLength(2)
      expect(customer.kind).toBe('known')
      vi.restoreAllMocks()
    }
  })

  it('asks again for a call that the web does not know yet, but not when it may not', async () => {
    const asked = server()
    const customer = useCustomer()
    void customer.showCall('c1')
    asked[0]?.fail(new ApiError(404, 'unknown_call', ''))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(customer.kind).toBe('failed')
    expect(asked).toHaveLength(2)
    asked[1]?.fail(new ApiError(403, 'forbidden', ''))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked).toHaveLength(2)
  })

  it('says when a told number is none, and takes nobody for it', async () => {
    const asked = server()
    const customer = useCustomer()
    const answer = customer.ask('12')
    asked[0]?.fail(new ApiError(422, 'bad_number', ''))
    expect(await answer).toBe(false)
    expect(customer.kind).toBe('none')
  })
})
