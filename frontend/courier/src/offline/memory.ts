import type { Task } from '@courier/api/types'
import type { Action, Change, Notice, Photo, Store } from './types'

/** Keeps nothing beyond the page: for browsers without a database, and for tests. */
export class MemoryStore implements Store {
  private seq = 0
  private outbox: Action[] = []
  private cached = new Map<number, Task>()
  private pictures = new Map<string, Photo>()
  private inbox = new Map<string, Notice>()
  private values = new Map<string, unknown>()
  private watchers = new Set<() => void>()

  async actions(): Promise<Action[]> {
    return [...this.outbox]
  }
  async tasks(): Promise<Task[]> {
    return [...this.cached.values()]
  }
  async photosOf(action: string): Promise<Photo[]> {
    return [...this.pictures.values()].filter((photo) => photo.action === action)
  }
  async notices(): Promise<Notice[]> {
    return [...this.inbox.values()]
  }
  async add(action: Action, photos: Photo[]): Promise<void> {
    this.outbox.push({ ...action, seq: (this.seq += 1) })
    for (const photo of photos) this.pictures.set(photo.key, photo)
    this.changed()
  }
  async apply(change: Change): Promise<void> {
    const done = new Set(change.done)
    this.outbox = this.outbox.filter((action) => !done.has(action.key))
    for (const photo of [...this.pictures.values()]) if (done.has(photo.action)) this.pictures.delete(photo.key)
    for (const key of change.removePhotos ?? []) this.pictures.delete(key)
    for (const id of change.remove ?? []) this.cached.delete(id)
    for (const task of change.put ?? []) this.cached.set(task.id, task)
    for (const notice of change.notices ?? []) if (!this.inbox.has(notice.key)) this.inbox.set(notice.key, notice)
    for (const photo of change.photos ?? []) this.pictures.set(photo.key, photo)
    this.changed()
  }
  async acknowledge(key: string): Promise<void> {
    const notice = this.inbox.get(key)
    if (notice) this.inbox.set(key, { ...notice, seen: true })
    this.changed()
  }
  async tidy(before: string): Promise<void> {
    for (const { key, seen, at } of [...this.inbox.values()]) if (seen && at < before) this.inbox.delete(key)
  }
  async get<T>(name: string): Promise<T | undefined> {
    return this.values.get(name) as T | undefined
  }
  async set(name: string, value: unknown): Promise<void> {
    this.values.set(name, value)
    this.changed()
  }
  watch(changed: () => void): () => void {
    this.watchers.add(changed)
    return () => this.watchers.delete(changed)
  }
  close(): void {
    this.watchers.clear()
  }
  async destroy(): Promise<void> {
    this.close()
  }

  private changed(): void {
    for (const watcher of this.watchers) watcher()
  }
}
