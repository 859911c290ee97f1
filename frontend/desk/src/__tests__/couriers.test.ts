import { describe, expect, it } from 'vitest'

import type { CourierConflict } from '@shared/api/types'
import { dayOf } from '@/couriers/day'
import { bucketKinds, reported, toldOf } from '@/couriers/report'

const LINE = { id: 3, product_id: 1, name: '山泉水', unit: '桶', qty: 2, pay_by: 'cash', vouchers: 0, bucket_type_id: 7, bucket_name: 'PC 桶' }

const conflict = (payload: Record<string, unknown>): CourierConflict =>
  ({ kind: 'deliver', payload, lines: [LINE, { ...LINE, id: 4, bucket_type_id: null }] }) as unknown as CourierConflict

describe('what a phone reported', () => {
  it('is read as it was, and sent on with its batches and photos', () => {
    const of = conflict({
      lines: [{ id: 3, qty: 5, batch_no: 'A1' }], empties: [{ bucket_type_id: 7, qty: 2 }],
      cash_fen: 2000, vouchers: 1, photo_ids: ['p'], note: '放门口',
    })
    const made = reported(of)
    expect(made).toEqual({ left: { 3: 5, 4: 2 }, empties: { 7: 2 }, vouchers: 1, cash_fen: 2000, wechat_fen: 0 })
    expect(toldOf(of, { ...made, left: { 3: 1, 4: 0 }, cash_fen: 1000 })).toEqual({
      lines: [{ id: 3, qty: 1, batch_no: 'A1' }, { id: 4, qty: 0, batch_no: '' }],
      empties: [{ bucket_type_id: 7, qty: 2 }], vouchers: 1, cash_fen: 1000, wechat_fen: 0, photo_ids: ['p'], note: '放门口',
    })
  })

  it.each([{}, { lines: 'none', empties: 3, cash_fen: -5, vouchers: 'x', photo_ids: 1, note: 7 }, { lines: [null, 4, { id: 'x' }] }])(
    'may be anything at all: %j',
    (payload) => {
      const made = reported(conflict(payload))
      expect(made).toEqual({ left: { 3: 2, 4: 2 }, empties: { 7: 0 }, vouchers: null, cash_fen: 0, wechat_fen: 0 })
      expect(toldOf(conflict(payload), made).photo_ids).toEqual([])
    },
  )

  it('names each kind of bucket once', () => {
    expect(bucketKinds({ ...conflict({}), lines: [LINE, LINE] } as unknown as CourierConflict)).toEqual([{ id: 7, name: 'PC 桶' }])
  })
})

it('counts days as Shanghai does', () => {
  expect(dayOf(Date.UTC(2026, 10, 27, 15, 59))).toBe('2026-11-27')
  expect(dayOf(Date.UTC(2026, 10, 27, 16, 0))).toBe('2026-11-28')
})
