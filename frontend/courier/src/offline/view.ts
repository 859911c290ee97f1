import type { Task, TaskState } from '@courier/api/types'
import type { Action, TaskAction } from './types'

/** A task as the courier sees it: what the server knows and what waits to be sent on top. */
export interface Shown extends Task {
  waiting: number
}

const OPEN: readonly TaskState[] = ['offered', 'accepted', 'picked_up', 'arrived']
const AFTER: Readonly<Record<TaskAction['kind'], TaskState>> = {
  accept: 'accepted',
  refuse: 'withdrawn',
  pick_up: 'picked_up',
  arrive: 'arrived',
  deliver: 'delivered',
  fail: 'failed',
}

export const isOpen = (task: Pick<Task, 'state'>): boolean => OPEN.includes(task.state)
export const isOfTask = (action: Action): action is Action & TaskAction => action.task_id !== null

/** Steps only lead forward: one that the server knows to be past leaves the state as it is. */
function step(state: TaskState, kind: TaskAction['kind']): TaskState {
  const next = AFTER[kind]
  if (kind === 'deliver' || kind === 'fail') return next
  if (kind === 'refuse') return state === 'offered' ? next : state
  const far = OPEN.indexOf(state)
  return far >= 0 && far < OPEN.indexOf(next) ? next : state
}

/** The tasks with the waiting actions applied, in route order; those that were refused are gone. */
export function project(tasks: readonly Task[], actions: readonly Action[]): Shown[] {
  const shown = new Map(tasks.map((task) => [task.id, { ...task, waiting: 0 }]))
  const refused = new Set<number>()
  for (const action of actions.filter(isOfTask)) {
    const task = shown.get(action.task_id)
    if (!task) continue
    task.state = step(task.state, action.kind)
    task.waiting += 1
    if (action.kind === 'refuse' && task.state === 'withdrawn') refused.add(task.id)
  }
  return [...shown.values()].filter((task) => !refused.has(task.id)).sort((a, b) => a.position - b.position || a.id - b.id)
}
