import { ApiError } from '@shared/api/client'
import type { CourierApi } from '@courier/api/courier'
import type { LoadRow, Me, Result, SentAction, Settlement, Task } from '@courier/api/types'
import { MemoryStore } from '../memory'
import { Sender, type Surroundings } from '../sender'
import type { Action, Deed, Photo } from '../types'

export const BATCHES = [{ batch_no: 'A20261120', stopped: false, reason: '' }, { batch_no: 'B1', stopped: true, reason: '异味' }]

export function task(id: number, more: Partial<Task> = {}): Task {
  return {
    id, order_no: `D${id}`, state: 'accepted', version: 1, position: id, promise_at: null, window_from: null, window_to: null,
    assigned_at: '2026-10-28T01:00:00Z', ack_deadline: '2026-10-28T01:03:00Z', done_at: null, urged: false, customer_name: '王女士', phone_masked: '138****2345',
    tel: '13800012345',
    address: {
      text: '梅山南路 12 号', building: '3 栋', floor: 4, lift: 'no', notes: '', county_name: '裕安区', town_name: '鼓楼街道',
      lat: null, lng: null,
    },
    lines: [{ id: id * 10, product_id: 1, sku: 'SPRING', name: '山泉水', unit: '桶', qty: 2, delivered: null, pay_by: 'voucher', vouchers: 2, bucket_type_id: 1, bucket_name: '18.9L', batches: BATCHES }],
    cash_due_fen: 0, deposit_due_fen: 0, vouchers_due: 2, empties_expected: 2, note: '',
    fail_code: '', withdrawn_why: '', withdrawn_words: '', ...more,
  }
}

export const DELIVERED = { lines: [{ id: 10, qty: 2 }], empties: [], cash_fen: 0, wechat_fen: 0, vouchers: 2, note: '' }

const ME: Me = { id: 7, name: '小李', station: { id: 1, name: '城南站', phone: '' }, shift: { started_at: null } }
export const DAY: Settlement = {
  day: '2026-10-28', delivered: 0, failed: 0, open: 0, products: [], loaded: 0, returned: 0, left: 0, unnoted: 0, buckets: 0, empties: 0, vouchers: 0, cash_due_fen: 0, cash_fen: 0,
  wechat_fen: 0, commission_fen: 0, handed_fen: 0, to_hand_fen: 0, handovers: [], signed: null,
}
const AFTER = { accept: 'accepted', refuse: 'withdrawn', pick_up: 'picked_up', arrive: 'arrived', deliver: 'delivered', fail: 'failed' } as const

/** A server that does each key once, and a network that may lose a request or its answer. */
export class FakeServer {
  tasks = new Map<number, Task>()
  applied: string[] = []
  loads = new Map<string, LoadRow>()
  photos = new Map<string, string>()
  seen: SentAction[] = []
  private results = new Map<string, Result>()
  online = true
  /** What happens to the next requests: it never arrives, or its answer is lost. */
  luck: () => 'well' | 'lost' | 'answer lost' = () => 'well'
  refuse = new Map<string, ApiError>()
  now = '2026-10-28T02:00:00Z'

  private async travel<T>(work: () => T): Promise<T> {
    await Promise.resolve()
    const luck = this.online ? this.luck() : 'lost'
    if (luck === 'lost') throw new ApiError(0, 'unreachable', '')
    const answer = work()
    await Promise.resolve()
    if (luck === 'answer lost') throw new ApiError(0, 'unreachable', '')
    return answer
  }

  private once(action: SentAction): Result {
    const former = this.results.get(action.key)
    if (former) return { ...former, status: former.status === 'done' ? 'repeated' : former.status }
    const now = this.tasks.get(action.task_id)
    const open = now && !['delivered', 'failed', 'withdrawn'].includes(now.state)
    let result: Result
    if (now && open) {
      const next: Task = { ...now, state: AFTER[action.kind], version: now.version + 1 }
      this.tasks.set(next.id, next)
      this.applied.push(action.key)
      result = { key: action.key, status: 'done', code: '', message: '', task: next }
    } else {
      result = { key: action.key, status: 'conflict', code: 'task_over', message: '任务已结束', task: now ?? null }
    }
    this.results.set(action.key, result)
    return result
  }

  private own<T>(key: string, answer: T): T {
    if (!this.applied.includes(key)) this.applied.push(key)
    return answer
  }

  readonly api: CourierApi = {
    me: () => this.travel(() => ME),
    tasks: () => this.travel(() => ({
      server_now: this.now,
      loads: [...this.loads.values()],
      goods: [{ sku: 'SPRING', name: '山泉水', unit: '桶', batches: BATCHES }],
      tasks: [...this.tasks.values()].filter((one) => one.state !== 'withdrawn').map((one) => structuredClone(one)),
    })),
    sync: (_device, actions) => this.travel(() => {
      for (const action of actions) {
        const refusal = this.refuse.get(action.key)
        if (refusal) throw refusal
      }
      this.seen.push(...actions)
      return { server_now: this.now, results: actions.map((action) => this.once(action)) }
    }),
    photo: (key) => this.travel(() => {
      const refusal = this.refuse.get(key)
      if (refusal) throw refusal
      if (!this.photos.has(key)) this.photos.set(key, `id${this.photos.size + 1}`)
      return { id: this.photos.get(key) as string }
    }),
    shift: (key) => this.travel(() => this.own(key, ME)),
    load: (key, at, { move, sku, batch_no, qty }) => this.travel(() => {
      if (batch_no === 'X') throw new ApiError(422, 'unknown_batch', '没有批次 X')
      if (!this.loads.has(key)) this.loads.set(key, { key, move, sku, name: '山泉水', unit: '桶', batch_no, stopped: false, reason: '', qty, at })
      return this.own(key, this.loads.get(key) as LoadRow)
    }),
    undoLoad: (key, _at, load) => this.travel(() => {
      if (!this.applied.includes(load)) throw new ApiError(422, 'unknown_load', '')
      this.loads.delete(load)
      return this.own(key, { loads: [...this.loads.values()] })
    }),
    settlement: () => this.travel(() => DAY),
    handOver: (key) => this.travel(() => this.own(key, DAY)),
  }
}

/** One after the other, as navigator.locks does over tabs. */
export function lock(): Surroundings['alone'] {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const next = last.then(work, work)
    last = next.catch(() => undefined)
    return next
  }
}

let count = 0

export function phone(server: FakeServer, store = new MemoryStore(), alone = lock()) {
  const offers: number[] = []
  const tab = () =>
    new Sender(store, {
      api: server.api, device: 'd1', alone, mine: async () => undefined, now: () => server.now, clock: () => undefined,
      offers: (tasks) => offers.push(...tasks.map((one) => one.id)),
    })
  async function act(deed: Deed, pictures: string[] = []): Promise<string> {
    const key = `k${(count += 1)}`
    const photos: Photo[] = pictures.map((name) => ({ key: name, action: key, picture: new Blob([name]), id: null }))
    await store.add({ ...deed, key, at: server.now } as Action, photos)
    return key
  }
  return { store, tab, act, offers }
}
