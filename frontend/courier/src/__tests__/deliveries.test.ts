import { describe, expect, it, vi } from 'vitest'

import { withWaiting } from '../day'
import { batchFault, brought, draftOf, orderOf, payloadOf, vouchersDue } from '../deliveries'
import { addressText, mapLink } from '../maps'
import { DAY, DELIVERED, task } from '../offline/__tests__/house'
import type { Action } from '../offline/types'

const line = task(1).lines[0]!

describe('a delivery sheet', () => {
  it('begins as ordered, with the money in cash', () => {
    const draft = draftOf(task(1, { cash_due_fen: 2050 }))
    expect(draft).toMatchObject({ lines: { 10: 2 }, empties: { 1: 2 }, vouchers: 2, cash: '20.5', wechat: '' })
    expect(payloadOf(draft, 2050, 0)).toEqual({ lines: [{ id: 10, qty: 2 }], empties: [{ bucket_type_id: 1, qty: 2 }], cash_fen: 2050, wechat_fen: 0, vouchers: 2, note: '' })
  })

  it('asks for fewer vouchers when less was brought, and lets money go first', () => {
    const mixed = task(1, { lines: [{ ...line, qty: 5, vouchers: 2, pay_by: 'cash' }] })
    expect([5, 2, 1, 0].map((qty) => vouchersDue(mixed, { 10: qty }))).toEqual([2, 2, 1, 0])
  })

  it('is for one order only', () => {
    expect(draftOf(task(1)).order).toBe(orderOf(task(1, { version: 9, urged: true })))
    expect(draftOf(task(1)).order).not.toBe(orderOf(task(1, { lines: [{ ...line, qty: 3 }] })))
  })

  it('names the batch of the label where one was typed', () => {
    const draft = { ...draftOf(task(1)), batches: { 10: ' a2026 1120' } }
    expect(payloadOf(draft, 0, 0).lines).toEqual([{ id: 10, qty: 2, batch_no: 'A20261120' }])
    expect(payloadOf({ ...draft, lines: { 10: 0 } }, 0, 0).lines).toEqual([{ id: 10, qty: 0 }])
    expect(['', '  ', 'a20261120', 'b 1', 'C9'].map((typed) => batchFault(line, typed))).toEqual(['', '', '', 'stopped', 'unknown'])
  })

  it('names no empties that did not come back', () => {
    const draft = { ...draftOf(task(1)), empties: { 1: 0 } }
    expect(payloadOf(draft, 0, 0).empties).toEqual([])
    expect(brought(draft)).toBe(2)
  })
})

it("a day counts what waits to be sent, so that the cash in one's pocket is right", () => {
  const waiting = [
    { key: 'a', at: '', kind: 'deliver', task_id: 1, payload: { ...DELIVERED, cash_fen: 2000, empties: [{ bucket_type_id: 1, qty: 3 }] } },
    { key: 'b', at: '', kind: 'hand_over', task_id: null, payload: { day: DAY.day, cash_fen: 500 } },
    { key: 'c', at: '', kind: 'hand_over', task_id: null, payload: { day: '2026-10-27', cash_fen: 700 } },
    { key: 'd', at: '', kind: 'fail', task_id: 2, payload: { code: 'F1', note: '' } },
  ] as Action[]
  expect(withWaiting({ ...DAY, open: 2, cash_fen: 1000, to_hand_fen: 1000 }, waiting)).toMatchObject({
    delivered: 1, failed: 1, open: 0, buckets: 2, empties: 3, vouchers: 2, cash_fen: 3000, handed_fen: 500, to_hand_fen: 2500,
  })
})

it('an address names county and town once', () => {
  vi.stubGlobal('navigator', { userAgent: 'Android' })
  expect(addressText(task(1))).toBe('裕安区鼓楼街道梅山南路 12 号3 栋')
  const whole = task(1, { address: { ...task(1).address, text: '裕安区鼓楼街道梅山南路 12 号', building: '', lat: 31.7, lng: 116.5 } })
  expect(addressText(whole)).toBe('裕安区鼓楼街道梅山南路 12 号')
  expect(mapLink(whole)).toContain('geo:31.7,116.5')
})
