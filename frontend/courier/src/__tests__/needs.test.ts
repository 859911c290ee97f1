import { describe, expect, it } from 'vitest'

import type { LoadRow } from '../api/types'
import { loadsOf } from '../loads'
import { forgottenAt, needsOf } from '../needs'
import { DELIVERED, task } from '../offline/__tests__/house'
import type { Action } from '../offline/types'
import { project } from '../offline/view'

const TODAY = '2026-10-28'
const WATER = { sku: 'SPRING', name: '山泉水', unit: '桶', batch_no: 'A20261120' }
const row = (qty: number, hour: number, more: Partial<LoadRow> = {}): LoadRow => ({
  ...WATER, key: `k${qty}${hour}`, move: 'loaded', stopped: false, reason: '', qty, at: `2026-10-28T0${hour}:00:00Z`, ...more,
})
const onRoad = (...loads: LoadRow[]) => loadsOf({ loads, goods: [] }, [])
const gone = (id: number, hour: number, qty = 2) =>
  task(id, { state: 'delivered', done_at: `2026-10-28T0${hour}:00:00Z`, lines: [{ ...task(id).lines[0]!, qty, delivered: qty }] })
const delivers = (id: number, hour: number, qty = 2): Action =>
  ({ key: `d${id}`, at: `2026-10-28T0${hour}:00:00Z`, kind: 'deliver', task_id: id, payload: { ...DELIVERED, lines: [{ id: id * 10, qty }] } }) as Action
const need = (tasks: Parameters<typeof project>[0], loads = onRoad(), actions: Action[] = [], skew = 0) => needsOf(project(tasks, actions), actions, loads, TODAY, skew)

describe('what is missing on the vehicle', () => {
  it('is what accepted tasks ask for, less what is there', () => {
    const tasks = [task(1), task(2, { state: 'picked_up' }), task(3, { state: 'offered' }), task(4, { state: 'failed' }), task(5, { state: 'withdrawn' })]
    const loads = onRoad(row(3, 1), row(1, 2, { move: 'returned' }), row(9, 3, { at: '2026-10-27T15:59:00Z' }))
    expect(need(tasks, loads)).toEqual([{ sku: 'SPRING', name: '山泉水', unit: '桶', wanted: 4, there: 2, unnoted: 0, since: 0, missing: 2 }])
  })

  it('is not what was delivered without a load, which is told by itself', () => {
    expect(need([gone(1, 2), gone(2, 3), task(3)])).toMatchObject([{ wanted: 2, there: 0, unnoted: 4, since: Date.parse('2026-10-28T02:00:00Z'), missing: 2 }])
  })

  it('is nothing after a load for what is still to deliver, although the first round was not noted', () => {
    expect(need([gone(1, 2, 6), task(2)], onRoad(row(2, 3)))).toMatchObject([{ wanted: 2, there: 2, unnoted: 6, missing: 0 }])
  })

  it('is right again when a forgotten load is noted as done before', () => {
    const tasks = [gone(1, 2, 6), task(2)]
    const at = new Date(forgottenAt(need(tasks)[0]!)).toISOString()
    expect(need(tasks, onRoad(row(8, 0, { at })))).toMatchObject([{ wanted: 2, there: 2, unnoted: 0, missing: 0 }])
  })

  it('neither grows nor shrinks by a delivery, whether it is sent or waits, short or not', () => {
    const loads = onRoad(row(4, 1))
    for (const qty of [2, 1]) {
      const short = { ...task(1).lines[0]!, delivered: qty }
      const sent = task(1, { state: 'delivered', done_at: '2026-10-28T03:00:00Z', lines: [short] })
      const expected = [{ wanted: 2, there: 4 - qty, missing: 0, unnoted: 0 }]
      expect(need([task(1), task(2)], loads, [delivers(1, 3, qty)])).toMatchObject(expected)
      expect(need([sent, task(2)], loads)).toMatchObject(expected)
    }
  })

  it('forgets yesterday', () => {
    expect(needsOf(project([gone(1, 3)], []), [], onRoad(row(4, 1)), '2026-10-29')).toEqual([])
  })

  it('puts what waits on a phone that is a day fast behind what the server knows', () => {
    const day = 86_400_000
    const wrong = { ...delivers(1, 3), at: '2026-10-29T03:00:00Z' }
    expect(need([task(1)], onRoad(row(2, 2)), [wrong], -day)).toMatchObject([{ there: 0, unnoted: 0 }])
    const load = { key: 'w', at: '2026-10-29T02:00:00Z', kind: 'load', task_id: null, payload: { ...WATER, move: 'loaded', qty: 5 } } as Action
    expect(need([], loadsOf({ loads: [], goods: [] }, [load], -day))).toMatchObject([{ wanted: 0, there: 5, missing: 0 }])
    expect(need([], loadsOf({ loads: [], goods: [] }, [load]))).toMatchObject([{ there: 5 }])
  })

  it('is counted by SKU, the most missing first', () => {
    const other = { ...task(2).lines[0]!, sku: 'PURE', qty: 5 }
    expect(need([task(1), task(2, { lines: [other] })], onRoad(row(9, 1))).map(({ sku, missing }) => [sku, missing])).toEqual([['PURE', 5], ['SPRING', 0]])
  })
})
