import { describe, expect, it } from 'vitest'

import type { Product } from '@shared/api/types'

import { floorOf } from '../address'
import { bucketTypes, CUSTOM, draftOf, emptyForm, firstForm, formOf, linesOf } from '../order/form'
import { fromField, slotsAt, toField } from '../slots'
import { saveOver, touched, type Change } from '../stale'
import { ApiError } from '../../../shared/api/client'

// 2026-11-26 09:30 in Shanghai.
const NOW = Date.parse('2026-11-26T01:30:00Z')
const water = (sku: string, id: number, more: Partial<Product> = {}): Product =>
  ({ sku, name: sku, sellable: true, returnable: true, bucket_type: { id, code: `B${id}`, name: `桶${id}`, deposit_fen: 5000 }, ...more }) as Product

describe('the form of an order', () => {
  it('adds up what is the same and leaves out what says nothing', () => {
    const form = { ...emptyForm(), lines: [
      { sku: 'A', qty: 2, pay_by: null }, { sku: 'B', qty: null, pay_by: null }, { sku: 'A', qty: 1, pay_by: 'cash' as const }, { sku: '', qty: 3, pay_by: null },
    ] }
    expect(linesOf(form)).toEqual([{ sku: 'A', qty: 3, pay_by: null }])
  })

  it('is nothing to ask about without a customer or a line', () => {
    expect(draftOf(emptyForm(), { id: 1 }, '', NOW)).toBeNull()
    expect(draftOf({ ...emptyForm(), lines: [{ sku: 'A', qty: 1, pay_by: null }] }, null, '', NOW)).toBeNull()
  })

  it('sends a known customer with the saved address, or with the one that is said', () => {
    const form = { ...emptyForm(), lines: [{ sku: 'A', qty: 1, pay_by: null }], addressId: 5 }
    expect(draftOf(form, { id: 1 }, 'c1', NOW)).toMatchObject({ customer_id: 1, address_id: 5, address: null, call_id: 'c1' })
    form.addressId = null as unknown as number
    form.address.text = '霍山县衡山镇'
    expect(draftOf(form, { id: 1 }, '', NOW)?.address?.text).toBe('霍山县衡山镇')
  })

  it('sends a new customer whole, for one transaction', () => {
    const form = { ...emptyForm(), lines: [{ sku: 'A', qty: 1, pay_by: null }] }
    const draft = draftOf(form, { newcomer: { name: '李师傅' } }, 'c1', NOW)
    expect(draft).toMatchObject({ customer: { name: '李师傅' }, address: null, address_id: null })
    expect(draft).not.toHaveProperty('customer_id')
  })

  it('says nothing of empties unless the agent did', () => {
    const form = { ...emptyForm(), lines: [{ sku: 'A', qty: 1, pay_by: null }], empties: { 1: null, 2: 0 } }
    expect(draftOf(form, { id: 1 }, '', NOW)?.empties).toEqual([{ bucket_type_id: 2, qty: 0 }])
    expect(draftOf({ ...form, empties: {} }, { id: 1 }, '', NOW)?.empties).toBeNull()
  })

  it('takes over the last order, and begins an empty one with what is on sale', () => {
    expect(formOf({ lines: [{ sku: 'A', qty: 2 }], address_id: 5, note: '要发票' })).toMatchObject({ lines: [{ sku: 'A', qty: 2, pay_by: null }], addressId: 5, note: '要发票' })
    expect(firstForm([water('OLD', 1, { sellable: false }), water('A', 1)]).lines).toEqual([{ sku: 'A', qty: 1, pay_by: null }])
    expect(firstForm([]).lines).toEqual([])
  })

  it('knows the buckets of its products', () => {
    const form = { ...emptyForm(), lines: [{ sku: 'A', qty: 1, pay_by: null }, { sku: 'PUMP', qty: 1, pay_by: null }] }
    expect(bucketTypes(form, [water('A', 7), water('PUMP', 1, { bucket_type: null, returnable: false })])).toEqual([{ id: 7, name: '桶7' }])
  })
})

describe('times', () => {
  it('offers what is left of today, and the next two days', () => {
    expect(slotsAt(NOW).map((slot) => slot.id)).toEqual([
      '', '0 morning', '0 afternoon', '0 evening', '1 morning', '1 afternoon', '1 evening', '2 morning', '2 afternoon', '2 evening',
    ])
    const late = slotsAt(Date.parse('2026-11-26T11:30:00Z'))
    expect(late.map((slot) => slot.id)[1]).toBe('1 morning')
  })

  it('counts hours in China, and never offers the past', () => {
    const [, morning, afternoon] = slotsAt(NOW)
    expect(morning).toMatchObject({ from: '2026-11-26T01:30:00.000Z', to: '2026-11-26T04:00:00.000Z' })
    expect(afternoon).toMatchObject({ from: '2026-11-26T04:00:00.000Z', to: '2026-11-26T09:00:00.000Z' })
    const past = slotsAt(Date.parse('2026-11-26T17:00:00Z'))
    expect(past[1]).toMatchObject({ day: 0, from: '2026-11-27T00:00:00.000Z' })
  })

  it('reads and fills a field of a browser', () => {
    expect(fromField('2026-11-26T09:30')).toBe('2026-11-26T01:30:00.000Z')
    expect(toField('2026-11-26T01:30:00.000Z')).toBe('2026-11-26T09:30')
    expect(fromField('')).toBeNull()
  })

  it('sends the agreed time', () => {
    const form = { ...emptyForm(), lines: [{ sku: 'A', qty: 1, pay_by: null }], slot: CUSTOM, from: '2026-11-26T15:00', to: '2026-11-26T16:00' }
    expect(draftOf(form, { id: 1 }, '', NOW)).toMatchObject({ window_from: '2026-11-26T07:00:00.000Z', window_to: '2026-11-26T08:00:00.000Z' })
  })
})

describe('floors', () => {
  it.each([['5', 5], ['5楼', 5], [' -1 ', -1], ['12F', 12], ['', null], ['五', null], ['999', null]])('%s → %s', (text, floor) => expect(floorOf(text)).toBe(floor))
})

describe('a form that somebody overtook', () => {
  const change = (after: Record<string, unknown>, before: Record<string, unknown> = {}): Change => ({ who: '李敏', what: 'changed', before, after })
  const stale = (changes: Change[]) => new ApiError(409, 'stale', '', changes)

  it('is told of changes to its own fields only', () => {
    expect(touched([change({ remark: '乙' }, { remark: '甲' }), change({ level: 'gold' })], ['remark'])).toHaveLength(1)
    expect(touched([change({ id: 2, text: '乙' })], ['text'], 1)).toEqual([])
    expect(touched([change({ remark: '甲' }, { remark: '甲' })], ['remark'])).toEqual([])
  })

  it('steps over a change elsewhere', async () => {
    const asked: number[] = []
    const save = (version: number) => {
      asked.push(version)
      return version === 4 ? Promise.resolve('saved') : Promise.reject(stale([change({ level: 'gold' })]))
    }
    expect(await saveOver(3, ['remark'], save, () => Promise.resolve(4))).toEqual({ done: 'saved' })
    expect(asked).toEqual([3, 4])
  })

  it('stops at a change of the same field, and passes on what is no conflict', async () => {
    const conflict = [change({ remark: '乙' }, { remark: '甲' })]
    expect(await saveOver(3, ['remark'], () => Promise.reject(stale(conflict)), () => Promise.resolve(4))).toEqual({ conflict })
    await expect(saveOver(3, ['remark'], () => Promise.reject(new ApiError(404, 'http_404', '')), () => Promise.resolve(4))).rejects.toThrow(ApiError)
  })
})
