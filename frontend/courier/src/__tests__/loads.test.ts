import { describe, expect, it } from 'vitest'

import type { LoadRow } from '../api/types'
import { withWaiting } from '../day'
import { likelyBatch, loadsOf, needsOf, stillThere } from '../loads'
import { BATCHES, DAY, DELIVERED, task } from '../offline/__tests__/house'
import type { Action } from '../offline/types'
import { project } from '../offline/view'

const TODAY = '2026-10-28'
const GOOD = { sku: 'SPRING', name: '山泉水', unit: '桶', batches: BATCHES }
const row = (key: string, qty: number, more: Partial<LoadRow> = {}): LoadRow => ({
  key, move: 'loaded', sku: 'SPRING', name: '山泉水', unit: '桶', batch_no: 'A20261120', stopped: false, reason: '', qty, at: '2026-10-28T01:00:00Z', ...more,
})
const told = (qty: number, more: object = {}) => ({ move: 'loaded', sku: 'SPRING', name: '山泉水', unit: '桶', batch_no: 'A20261120', qty, ...more })
const loading = (key: string, qty: number, more: object = {}): Action =>
  ({ key, at: '2026-10-28T02:00:00Z', kind: 'load', task_id: null, payload: told(qty, more) }) as Action
const undoing = (key: string, load: string, qty = 1): Action =>
  ({ key, at: '2026-10-28T02:00:00Z', kind: 'undo_load', task_id: null, payload: { ...told(qty), load } }) as Action

describe('what is on the vehicle', () => {
  const road = { loads: [row('a', 10)], goods: [GOOD] }

  it('is what the server knows with what waits on top, each once', () => {
    const waiting = [loading('a', 10), loading('b', 4, { batch_no: 'B1' })]
    expect(loadsOf(road, waiting).map(({ key, waiting: open, stopped }) => [key, open, stopped])).toEqual([['a', false, false], ['b', true, true]])
  })

  it('lacks what was taken back, sent or not', () => {
    expect(loadsOf(road, [loading('b', 4), undoing('c', 'b'), undoing('d', 'a')])).toEqual([])
  })

  it('is less by what went back and what labels at doors said', () => {
    const loads = [row('a', 10), row('b', 3, { move: 'returned' }), row('', 2, { move: 'delivered' }), row('c', 1, { batch_no: 'B1', move: 'loaded' }), row('d', 1, { batch_no: 'b1', move: 'returned' })]
    expect(stillThere(loadsOf({ loads, goods: [] }, []))).toMatchObject([{ batch_no: 'A20261120', loaded: 7, left: 5 }])
  })
})

describe('what today asks for', () => {
  const tasks = [task(1), task(2, { state: 'picked_up' }), task(3, { state: 'offered' }), task(4, { state: 'failed' }), task(5, { state: 'withdrawn' })]

  it('counts accepted tasks and not offers, beside what was loaded today', () => {
    const loads = loadsOf({ loads: [row('a', 3), row('b', 1, { move: 'returned' }), row('c', 9, { at: '2026-10-27T15:59:00Z' })], goods: [] }, [])
    expect(needsOf(project(tasks, []), [], loads, TODAY)).toEqual([{ sku: 'SPRING', name: '山泉水', unit: '桶', wanted: 4, loaded: 2, missing: 2 }])
  })

  it('does not grow or shrink by a delivery, whether it is sent or waits; a short one is what was left', () => {
    const doing: Action[] = [{ key: 'k', at: '', kind: 'deliver', task_id: 1, payload: { ...DELIVERED, lines: [{ id: 10, qty: 1 }] } }]
    const short = { ...task(1).lines[0]!, delivered: 1 }
    const done = task(1, { state: 'delivered', done_at: '2026-10-28T03:00:00Z', lines: [short] })
    expect(needsOf(project([task(1)], doing), doing, [], TODAY)).toMatchObject([{ wanted: 1 }])
    expect(needsOf(project([done], []), [], [], TODAY)).toMatchObject([{ wanted: 1 }])
    expect(needsOf(project([done], []), [], [], '2026-10-29')).toEqual([])
  })

  it('counts a load of today although this phone is a day wrong', () => {
    const waiting = loadsOf({ loads: [], goods: [] }, [{ ...loading('a', 5), at: '2026-10-20T02:00:00Z' }])
    expect(needsOf([], [], waiting, TODAY)).toMatchObject([{ wanted: 0, loaded: 5, missing: 0 }])
  })
})

it('offers the batch that was loaded last unless it is stopped, else the newest that may be', () => {
  const batches = [{ batch_no: 'C3', stopped: false, reason: '' }, ...BATCHES]
  const good = { ...GOOD, batches }
  const loads = loadsOf({ loads: [row('a', 1)], goods: [good] }, [])
  expect([likelyBatch(good, loads), likelyBatch(good, []), likelyBatch(undefined, [])]).toEqual(['A20261120', 'C3', ''])
  expect(likelyBatch(good, loadsOf({ loads: [row('b', 1, { batch_no: 'B1' })], goods: [good] }, []))).toBe('C3')
})

it('a day counts loads that wait', () => {
  const waiting = [loading('a', 10), loading('b', 2, { move: 'returned' }), loading('c', 7), undoing('d', 'c', 7), { key: 'e', at: '', kind: 'deliver', task_id: 1, payload: DELIVERED } as Action]
  expect(withWaiting({ ...DAY, loaded: 5, left: 5 }, waiting)).toMatchObject({ loaded: 15, returned: 2, left: 11, buckets: 2 })
})
