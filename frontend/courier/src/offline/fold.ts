import type { Result, Task } from '@courier/api/types'
import type { Action, Change, Notice } from './types'
import { isOpen } from './view'

const newer = (known: Task | undefined, next: Task): boolean => !known || next.version >= known.version

// What a courier acts upon; a task that differs in it has to be read again.
const salient = ({ address, lines, promise_at, note, cash_due_fen, deposit_due_fen, vouchers_due }: Task): string =>
  JSON.stringify([
    address.text, address.building, address.floor, address.lift, address.notes,
    lines.map(({ name, qty, pay_by }) => [name, qty, pay_by]),
    promise_at, note, cash_due_fen, deposit_due_fen, vouchers_due,
  ])

function news(kind: 'gone' | 'changed', task: Task, now: string): Notice {
  return { key: `${kind}:${task.id}:${task.version}`, at: now, kind, action: null, code: '', message: '', task, seen: false }
}

/** Whether somebody else changed a task that its courier has already read and accepted. */
const changed = (old: Task | undefined, next: Task): boolean =>
  !!old && isOpen(old) && old.state !== 'offered' && isOpen(next) && salient(old) !== salient(next)

/** What the results of a batch change. Actions without a result stay in the outbox. */
export function foldResults(batch: readonly Action[], results: readonly Result[], known: readonly Task[], now: string): Change {
  const sent = new Map(batch.map((action) => [action.key, action]))
  const cached = new Map(known.map((task) => [task.id, task]))
  const done: string[] = []
  const notices: Notice[] = []
  for (const result of results) {
    const action = sent.get(result.key)
    if (!action) continue
    done.push(action.key)
    const { task } = result
    const old = task ? cached.get(task.id) : undefined
    if (task && newer(old, task)) {
      if (changed(old, task)) notices.push(news('changed', task, now))
      // A task by itself does not know its place in the round.
      cached.set(task.id, isOpen(task) && old ? { ...task, position: task.position || old.position } : task)
    }
    if (result.status === 'conflict' || result.status === 'rejected') {
      const { code, message } = result
      notices.push({ key: action.key, at: now, kind: result.status, action, code, message, task, seen: false })
    }
  }
  const put = [...cached.values()].filter((task) => !known.includes(task))
  return { done, put, notices }
}

/** A batch that the server refuses as a whole: the action can never be sent, and its courier must know. */
export function refused(action: Action, code: string, message: string, now: string): Change {
  const notice: Notice = { key: action.key, at: now, kind: 'rejected', action, code, message, task: null, seen: false }
  return { done: [action.key], notices: [notice] }
}

export interface Fetched extends Change {
  /** Offers that were not there before. */
  offers: Task[]
}

/** What a fresh list of tasks changes. Tasks with waiting actions stay until their results are known. */
export function foldTasks(known: readonly Task[], fetched: readonly Task[], waiting: readonly Action[], now: string): Fetched {
  const before = new Map(known.map((task) => [task.id, task]))
  const listed = new Set(fetched.map((task) => task.id))
  const touched = new Set(waiting.map((action) => action.task_id))
  const notices: Notice[] = []
  for (const task of fetched) {
    const old = before.get(task.id)
    if (changed(old, task)) notices.push(news('changed', task, now))
    // What happens to a task that is being acted upon, the result of the action tells.
    const taken = task.state === 'withdrawn' && task.withdrawn_why !== 'refused'
    if (old && isOpen(old) && taken && !touched.has(task.id)) notices.push(news('gone', task, now))
  }
  const missing = known.filter((task) => !listed.has(task.id) && !touched.has(task.id))
  for (const task of missing) if (isOpen(task)) notices.push(news('gone', { ...task, state: 'withdrawn' }, now))
  return {
    put: fetched.filter((task) => newer(before.get(task.id), task)),
    remove: missing.map((task) => task.id),
    notices,
    offers: fetched.filter((task) => task.state === 'offered' && !before.has(task.id)),
  }
}
