import { describe, expect, it } from 'vitest'

import { foldResults, foldTasks } from '../fold'
import type { Action } from '../types'
import { project } from '../view'
import { DELIVERED, task } from './house'

const NOW = '2026-10-28T02:00:00Z'
const doing = (kind: string, task_id: number, payload: object = {}): Action => ({ key: `${kind}${task_id}`, at: NOW, kind, task_id, payload }) as Action

describe('what a courier sees', () => {
  it('is what the server knows with the waiting deeds on top', () => {
    const shown = project([task(2), task(1, { state: 'offered' }), task(3)], [doing('accept', 1), doing('deliver', 2, DELIVERED)])
    expect(shown.map(({ id, state, waiting }) => [id, state, waiting])).toEqual([[1, 'accepted', 1], [2, 'delivered', 1], [3, 'accepted', 0]])
  })

  it('never goes back: a late step under a later state changes nothing', () => {
    expect(project([task(1, { state: 'arrived' })], [doing('pick_up', 1)])[0]?.state).toBe('arrived')
    expect(project([task(1, { state: 'withdrawn' })], [doing('accept', 1)])[0]?.state).toBe('withdrawn')
  })

  it('lacks a refused offer, and shows a delivery of a withdrawn task as delivered', () => {
    expect(project([task(1, { state: 'offered' })], [doing('refuse', 1, { reason: '' })])).toEqual([])
    expect(project([task(1, { state: 'withdrawn' })], [doing('deliver', 1, DELIVERED)])[0]?.state).toBe('delivered')
  })
})

describe('a fresh list', () => {
  it('tells of tasks that went away, but not of those that were over', () => {
    const change = foldTasks([task(1), task(2, { state: 'delivered' }), task(3)], [task(3)], [], NOW)
    expect(change.remove).toEqual([1, 2])
    expect(change.notices).toMatchObject([{ kind: 'gone', task: { id: 1 } }])
  })

  it('leaves a task alone that is being acted upon', () => {
    const change = foldTasks([task(1)], [], [doing('deliver', 1, DELIVERED)], NOW)
    expect([change.remove, change.notices]).toEqual([[], []])
  })

  it('tells of a changed address, and not of an urging, a new place in the row or a change before acceptance', () => {
    const moved = task(1, { version: 2, address: { ...task(1).address, text: '别处' } })
    expect(foldTasks([task(1)], [moved], [], NOW).notices).toMatchObject([{ kind: 'changed', task: { version: 2 } }])
    expect(foldTasks([task(1)], [task(1, { version: 2, urged: true, position: 9 })], [], NOW).notices).toEqual([])
    expect(foldTasks([task(1, { state: 'offered' })], [{ ...moved, state: 'offered' }], [], NOW).notices).toEqual([])
  })

  it('does not overwrite what is newer', () => {
    expect(foldTasks([task(1, { version: 3 })], [task(1, { version: 2 })], [], NOW).put).toEqual([])
  })
})

describe('results', () => {
  it('leave actions without one in the outbox and ignore foreign keys', () => {
    const batch = [doing('pick_up', 1), doing('arrive', 1)]
    const results = [
      { key: 'pick_up1', status: 'repeated', code: '', message: '', task: task(1, { state: 'picked_up', version: 2, position: 0 }) },
      { key: 'other', status: 'done', code: '', message: '', task: null },
    ] as const
    const change = foldResults(batch, results, [task(1)], NOW)
    expect(change.done).toEqual(['pick_up1'])
    expect(change.put).toMatchObject([{ id: 1, state: 'picked_up', position: 1 }])
  })

  it('tell of a change that came with them', () => {
    const next = task(1, { state: 'picked_up', version: 3, note: '放门口' })
    const result = { key: 'pick_up1', status: 'done', code: '', message: '', task: next } as const
    expect(foldResults([doing('pick_up', 1)], [result], [task(1)], NOW).notices).toMatchObject([{ kind: 'changed' }])
  })
})
