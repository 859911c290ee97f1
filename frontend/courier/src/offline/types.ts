import type { Good, Loaded, LoadRow, Payloads, Task, TaskKind } from '@courier/api/types'

/** Something a courier does to a task. `at`: this phone's clock, which the server corrects. */
export type TaskAction = {
  [K in TaskKind]: { kind: K; task_id: number; payload: Payloads[K] }
}[TaskKind]

export type OwnAction =
  | { kind: 'shift'; task_id: null; payload: { on: boolean } }
  | { kind: 'hand_over'; task_id: null; payload: { day: string; cash_fen: number } }
  | { kind: 'load'; task_id: null; payload: Loaded & { name: string; unit: string } }
  /** `load`: the key of the deed that was a mistake; the rest is for words. */
  | { kind: 'undo_load'; task_id: null; payload: Loaded & { name: string; unit: string; load: string } }

/** What the server knows of the vehicle, and what can be loaded; kept as the value `road`. */
export interface Road {
  loads: LoadRow[]
  goods: Good[]
}

export type Deed = TaskAction | OwnAction

/** A deed in the outbox. `key` makes it happen once, however often it is sent; `seq` is the order of doing. */
export type Action = Deed & { key: string; at: string; seq?: number }

/** A picture that belongs to the action `action`. `id`: the server's, once it is there. */
export interface Photo {
  key: string
  action: string
  picture: Blob
  id: string | null
}

/**
 * What a courier must get to know: an action that did not happen as meant, or a task that went away or changed.
 * `task`: how it stands now, null when the server does not tell.
 */
export interface Notice {
  key: string
  at: string
  kind: 'conflict' | 'rejected' | 'photo' | 'gone' | 'changed'
  action: Action | null
  code: string
  message: string
  task: Task | null
  seen: boolean
}

/** What one answer of the server changes in the store, all or nothing. */
export interface Change {
  done?: string[]
  put?: Task[]
  remove?: number[]
  notices?: Notice[]
  photos?: Photo[]
  removePhotos?: string[]
}

/** The cache and the outbox of one courier on this phone. Every method may throw StoreError. */
export interface Store {
  /** In the order of doing. */
  actions(): Promise<Action[]>
  tasks(): Promise<Task[]>
  photosOf(action: string): Promise<Photo[]>
  notices(): Promise<Notice[]>
  add(action: Action, photos: Photo[]): Promise<void>
  apply(change: Change): Promise<void>
  acknowledge(notice: string): Promise<void>
  /** Removes notices that were read and are older than `before`, ISO 8601. */
  tidy(before: string): Promise<void>
  get<T>(name: string): Promise<T | undefined>
  set(name: string, value: unknown): Promise<void>
  /** Calls back after each change, in whatever tab it was made; returns what ends it. */
  watch(changed: () => void): () => void
  close(): void
  /** Removes all that is kept. */
  destroy(): Promise<void>
}

export class StoreError extends Error {
  /** full: no room on the phone; unavailable: the browser keeps nothing. */
  constructor(readonly code: 'full' | 'unavailable', options?: ErrorOptions) {
    super(code, options)
  }
}
