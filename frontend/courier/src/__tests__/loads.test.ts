import { describe, expect, it } from 'vitest'

import type { LoadRow } from '../api/types'
import { withWaiting } from '../day'
import { likelyBatch, loadsOf, stillThere, usedBatches } from '../loads'
import { BATCHES, DAY, DELIVERED } from '../offline/__tests__/house'
import type { Action } from '../offline/types'

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

it('offers the batch that was loaded last unless it is stopped, else the newest that may be', () => {
  const batches = [{ batch_no: 'C3', stopped: false, reason: '' }, ...BATCHES]
  const good = { ...GOOD, batches }
  const loads = loadsOf({ loads: [row('a', 1)], goods: [good] }, [])
  expect([likelyBatch(good, loads), likelyBatch(good, []), likelyBatch(undefined, [])]).toEqual(['A20261120', 'C3', ''])
  expect(likelyBatch(good, loadsOf({ loads: [row('b', 1, { batch_no: 'B1' })], goods: [good] }, []))).toBe('C3')
})

it('offers what is on the vehicle before what was, the latest first, whatever a label at a door says', () => {
  const loads = loadsOf({ loads: [row('a', 5), row('b', 2, { batch_no: 'C3' }), row('c', 1, { batch_no: 'D4' }), row('', 1, { batch_no: 'D4', move: 'delivered' })], goods: [] }, [loading('d', 1)])
  expect(usedBatches('SPRING', loads)).toEqual({ all: ['A20261120', 'C3', 'D4'], there: ['A20261120', 'C3'] })
  expect(usedBatches('PURE', loads)).toEqual({ all: [], there: [] })
})

it('a load that waits is shown by the clock of the server, however wrong this phone is', () => {
  expect(loadsOf({ loads: [], goods: [] }, [loading('a', 1)], -86_400_000)).toMatchObject([{ at: '2026-10-27T02:00:00.000Z' }])
})

it('a day counts loads that wait', () => {
  const waiting = [loading('a', 10), loading('b', 2, { move: 'returned' }), loading('c', 7), undoing('d', 'c', 7), { key: 'e', at: '', kind: 'deliver', task_id: 1, payload: DELIVERED } as Action]
  expect(withWaiting({ ...DAY, loaded: 5, left: 5 }, waiting)).toMatchObject({ loaded: 15, returned: 2, left: 11, buckets: 2, unnoted: 0 })
})

it('a day says what went without a load, until it is noted', () => {
  const gone = { key: 'a', at: '', kind: 'deliver', task_id: 1, payload: DELIVERED } as Action
  expect(withWaiting({ ...DAY, left: 1 }, [gone])).toMatchObject({ left: 0, unnoted: 1 })
  expect(withWaiting({ ...DAY, unnoted: 3 }, [gone, loading('b', 9)])).toMatchObject({ left: 4, unnoted: 0 })
})
