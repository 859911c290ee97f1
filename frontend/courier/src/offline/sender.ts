import type { LoadRow, Me, SentAction, Settlement, Task } from '@courier/api/types'
import type { CourierApi } from '@courier/api/courier'
import { ApiError } from '@shared/api/client'
import { dayOf } from '@courier/words'
import { foldResults, foldTasks, refused } from './fold'
import type { Action, Change, Photo, Road, Store, TaskAction } from './types'
import { isOfTask } from './view'

/** How many actions go in one request. */
const BATCH = 50
// Answers that say "not now"; every other refusal of a whole request will be the same next time.
const LATER = new Set([0, 401, 403, 404, 405, 408, 425, 429])
const passing = (error: unknown): boolean => !(error instanceof ApiError) || LATER.has(error.status) || error.status >= 500

export interface Surroundings {
  api: CourierApi
  device: string
  /** Runs one at a time over all tabs of this courier. */
  alone: <T>(work: () => Promise<T>) => Promise<T>
  /** Throws ApiError unless the session is this courier's: somebody else may have signed in in another tab. */
  mine: () => Promise<void>
  now: () => string
  offers: (tasks: Task[]) => void
  /** The server's clock by an answer; `sent` and `received` are milliseconds of this phone. */
  clock: (server: string, sent: number, received: number) => void
}

/** The only one who talks to the server: sends the outbox in order, then reads the tasks anew. */
export class Sender {
  constructor(
    private readonly store: Store,
    private readonly around: Surroundings,
  ) {}

  /** One round. Throws ApiError or StoreError; what was done until then stays done. */
  round(): Promise<void> {
    return this.around.alone(async () => {
      await this.around.mine()
      let sent = false
      while (await this.sendSome()) sent = true
      await this.read()
      await this.readDay(sent)
    })
  }

  /** Sends the head of the outbox; false when it is empty. */
  private async sendSome(): Promise<boolean> {
    const [head, ...rest] = await this.store.actions()
    if (!head) return false
    if (!isOfTask(head)) {
      await this.alone(head, () => this.sendOwn(head))
      return true
    }
    await this.uploadPhotos(head)
    const batch = [head, ...(await this.ready(rest))]
    try {
      await this.sendBatch(batch)
    } catch (error) {
      if (passing(error) || !(error instanceof ApiError)) throw error
      // Something in it is malformed: one by one, so that it holds up nothing else.
      for (const action of batch) await this.alone(action, () => this.sendBatch([action]))
    }
    return true
  }

  /** The actions that follow and may go at once: of tasks, and without a picture still to be sent. */
  private async ready(rest: Action[]): Promise<(Action & TaskAction)[]> {
    const found: (Action & TaskAction)[] = []
    for (const action of rest.slice(0, BATCH - 1)) {
      if (!isOfTask(action)) break
      if ((await this.store.photosOf(action.key)).some((photo) => photo.id === null)) break
      found.push(action)
    }
    return found
  }

  /** An action that the server refuses for good leaves the outbox with a notice. */
  private async alone(action: Action, send: () => Promise<void>): Promise<void> {
    try {
      await send()
    } catch (error) {
      if (!(error instanceof ApiError) || passing(error)) throw error
      await this.store.apply(await this.final(action, error))
    }
  }

  /** What its courier has taken back meanwhile needs no notice, nor the taking back. */
  private async final(action: Action, error: ApiError): Promise<Change> {
    const waiting = await this.store.actions()
    const undo = waiting.find((one) => one.kind === 'undo_load' && one.payload.load === action.key)
    return undo ? { done: [action.key, undo.key] } : refused(action, error.code, error.message, this.around.now())
  }

  private async sendBatch(batch: (Action & TaskAction)[]): Promise<void> {
    const actions = await Promise.all(batch.map((action) => this.worded(action)))
    const sent = Date.now()
    const answer = await this.around.api.sync(this.around.device, actions)
    this.around.clock(answer.server_now, sent, Date.now())
    const change = foldResults(batch, answer.results, await this.store.tasks(), this.around.now())
    if (!change.done?.length) throw new ApiError(0, 'no_results', '')
    await this.store.apply(change)
  }

  private async worded(action: Action & TaskAction): Promise<SentAction> {
    const { key, task_id, kind, at, payload } = action
    if (kind !== 'deliver' && kind !== 'fail') return { key, task_id, kind, at, payload }
    const photos = await this.store.photosOf(key)
    return { key, task_id, kind, at, payload: { ...payload, photo_ids: photos.flatMap((photo) => photo.id ?? []) } }
  }

  private async sendOwn(action: Action): Promise<void> {
    const { api } = this.around
    if (action.kind === 'shift') await this.store.set('me', await api.shift(action.key, action.payload.on))
    if (action.kind === 'hand_over') {
      const { day, cash_fen } = action.payload
      await this.store.set('settlement', await api.handOver(action.key, day, cash_fen))
    }
    if (action.kind === 'load') {
      const { move, sku, batch_no, qty } = action.payload
      const row = await api.load(action.key, action.at, { move, sku, batch_no, qty })
      await this.keepLoads((known) => [...known.filter((one) => one.key !== row.key), row])
    }
    if (action.kind === 'undo_load') {
      const { loads } = await api.undoLoad(action.key, action.at, action.payload.load)
      await this.keepLoads(() => loads)
    }
    await this.store.apply({ done: [action.key] })
  }

  private async keepLoads(change: (known: LoadRow[]) => LoadRow[]): Promise<void> {
    const road = await this.store.get<Road>('road')
    await this.store.set('road', { goods: road?.goods ?? [], loads: change(road?.loads ?? []) } satisfies Road)
  }

  private async uploadPhotos(action: Action): Promise<void> {
    for (const photo of await this.store.photosOf(action.key)) {
      if (photo.id === null) await this.uploadPhoto(action, photo)
    }
  }

  private async uploadPhoto(action: Action, photo: Photo): Promise<void> {
    try {
      const { id } = await this.around.api.photo(photo.key, photo.picture)
      await this.store.apply({ photos: [{ ...photo, id }] })
    } catch (error) {
      if (!(error instanceof ApiError) || passing(error)) throw error
      const { code, message } = error
      const notice = { key: photo.key, at: this.around.now(), kind: 'photo', action, code, message, task: null, seen: false } as const
      await this.store.apply({ removePhotos: [photo.key], notices: [notice] })
    }
  }

  private async read(): Promise<void> {
    const { api, clock, now, offers } = this.around
    const me: Me = await api.me()
    await this.store.set('me', me)
    const sent = Date.now()
    const fetched = await api.tasks()
    const received = Date.now()
    clock(fetched.server_now, sent, received)
    const waiting = await this.store.actions()
    const change = foldTasks(await this.store.tasks(), fetched.tasks, waiting, now())
    await this.store.apply(change)
    await this.store.set('road', { loads: fetched.loads, goods: fetched.goods } satisfies Road)
    await this.store.set('read', { server: fetched.server_now, sent, received })
    if (change.offers.length) offers(change.offers)
  }

  /** The day's sums, so that they are on the phone when the network goes. */
  private async readDay(changed: boolean): Promise<void> {
    const known = await this.store.get<Settlement>('settlement')
    const read = await this.store.get<{ server: string }>('read')
    const today = dayOf(Date.parse(read?.server ?? this.around.now()))
    if (changed || known?.day !== today) await this.settlement(today)
  }

  /** Throws ApiError or StoreError. `day`: 2026-10-28. */
  async settlement(day: string): Promise<void> {
    const found: Settlement = await this.around.api.settlement(day)
    await this.store.set('settlement', found)
  }
}
