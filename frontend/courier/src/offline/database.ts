import Dexie, { liveQuery, type EntityTable } from 'dexie'

import type { Task } from '@courier/api/types'
import { StoreError, type Action, type Change, type Notice, type Photo, type Store } from './types'

const PREFIX = 'springline-courier-'

type Queued = Action & { seq: number }

class Tables extends Dexie {
  tasks!: EntityTable<Task, 'id'>
  actions!: EntityTable<Queued, 'seq'>
  photos!: EntityTable<Photo, 'key'>
  notices!: EntityTable<Notice, 'key'>
  values!: EntityTable<{ name: string; value: unknown }, 'name'>

  constructor(name: string) {
    super(name)
    this.version(1).stores({
      tasks: 'id',
      actions: '++seq, &key',
      photos: 'key, action',
      notices: 'key',
      values: 'name',
    })
  }
}

function asStoreError(error: unknown): StoreError {
  const names = [error, (error as { inner?: unknown } | null)?.inner].map((one) => (one instanceof Error ? one.name : ''))
  return new StoreError(names.includes('QuotaExceededError') ? 'full' : 'unavailable', { cause: error })
}

async function guarded<T>(work: PromiseLike<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw asStoreError(error)
  }
}

/** In IndexedDB, a database for each courier, so that nobody sees or sends what another one did on this phone. */
export class DatabaseStore implements Store {
  private constructor(private readonly db: Tables) {}

  /** Throws StoreError when the browser keeps nothing. */
  static async open(courier: number): Promise<DatabaseStore> {
    const db = new Tables(`${PREFIX}${courier}`)
    await guarded(db.open())
    return new DatabaseStore(db)
  }

  actions(): Promise<Action[]> {
    return guarded(this.db.actions.orderBy('seq').toArray())
  }
  tasks(): Promise<Task[]> {
    return guarded(this.db.tasks.toArray())
  }
  photosOf(action: string): Promise<Photo[]> {
    return guarded(this.db.photos.where({ action }).toArray())
  }
  notices(): Promise<Notice[]> {
    return guarded(this.db.notices.toArray())
  }

  async add(action: Action, photos: Photo[]): Promise<void> {
    const { actions, photos: pictures } = this.db
    const work = this.db.transaction('rw', actions, pictures, async () => {
      await actions.add(action as Queued)
      await pictures.bulkPut(photos)
    })
    await guarded(work)
  }

  async apply(change: Change): Promise<void> {
    const { tasks, actions, photos, notices } = this.db
    const work = this.db.transaction('rw', tasks, actions, photos, notices, async () => {
      await actions.where('key').anyOf(change.done ?? []).delete()
      await photos.where('action').anyOf(change.done ?? []).delete()
      await photos.bulkDelete(change.removePhotos ?? [])
      await tasks.bulkDelete(change.remove ?? [])
      await tasks.bulkPut(change.put ?? [])
      const known = await notices.bulkGet((change.notices ?? []).map((notice) => notice.key))
      await notices.bulkAdd((change.notices ?? []).filter((_, n) => !known[n]))
      await photos.bulkPut(change.photos ?? [])
    })
    await guarded(work)
  }

  async acknowledge(key: string): Promise<void> {
    await guarded(this.db.notices.update(key, { seen: true }))
  }
  async tidy(before: string): Promise<void> {
    await guarded(this.db.notices.filter((notice) => notice.seen && notice.at < before).delete())
  }
  async get<T>(name: string): Promise<T | undefined> {
    return (await guarded(this.db.values.get(name)))?.value as T | undefined
  }
  async set(name: string, value: unknown): Promise<void> {
    await guarded(this.db.values.put({ name, value }))
  }

  watch(changed: () => void): () => void {
    const seen = liveQuery(() =>
      Promise.all([this.db.tasks.toArray(), this.db.actions.toArray(), this.db.notices.toArray(), this.db.values.toArray()]),
    )
    const watching = seen.subscribe({ next: changed, error: changed })
    return () => watching.unsubscribe()
  }

  close(): void {
    this.db.close()
  }
  async destroy(): Promise<void> {
    await guarded(this.db.delete())
  }
}
