import type { Batch, Good, LoadRow } from '@courier/api/types'
import type { Action, Road } from './offline/types'
import { isOpen, type Shown } from './offline/view'
import { plainBatch } from './deliveries'
import { dayOf } from './words'

/** What became of buckets of a batch, as the courier sees it. */
export interface Load extends LoadRow {
  waiting: boolean
}

const batchOf = (goods: readonly Good[], sku: string, no: string): Batch | undefined =>
  goods.find((good) => good.sku === sku)?.batches.find((batch) => plainBatch(batch.batch_no) === plainBatch(no))

/** What the server knows, with what waits to be sent on top and without what was taken back; the oldest first. */
export function loadsOf({ loads, goods }: Road, actions: readonly Action[]): Load[] {
  const found: Load[] = loads.map((row) => ({ ...row, waiting: false }))
  for (const { kind, key, at, payload } of actions) {
    if (kind === 'load' && !found.some((row) => row.key === key)) {
      const { stopped = false, reason = '' } = batchOf(goods, payload.sku, payload.batch_no) ?? {}
      found.push({ ...payload, key, at, stopped, reason, waiting: true })
    }
    if (kind === 'undo_load') found.splice(0, found.length, ...found.filter((row) => row.key !== payload.load))
  }
  return found
}

/** A batch on the vehicle. `loaded`: taken along and not brought back; `left`: less what labels at doors said. */
export interface There {
  sku: string
  name: string
  unit: string
  batch_no: string
  stopped: boolean
  reason: string
  loaded: number
  left: number
}

/** What is on the vehicle by batch, where anything is left. */
export function stillThere(loads: readonly Load[]): There[] {
  const found = new Map<string, There>()
  for (const { sku, name, unit, batch_no, stopped, reason, move, qty } of loads) {
    const id = `${sku} ${plainBatch(batch_no)}`
    const one = found.get(id) ?? { sku, name, unit, batch_no, stopped, reason, loaded: 0, left: 0 }
    const by = move === 'loaded' ? qty : -qty
    found.set(id, { ...one, stopped: one.stopped || stopped, loaded: one.loaded + (move === 'delivered' ? 0 : by), left: one.left + by })
  }
  return [...found.values()].filter((one) => one.left > 0)
}

/** What today asks for of one SKU: delivered and still to deliver, loaded, and what is missing. */
export interface Need {
  sku: string
  name: string
  unit: string
  wanted: number
  loaded: number
  missing: number
}

/** By SKU, the most missing first. `today`: 2026-10-28. Offers do not count until they are accepted. */
export function needsOf(tasks: readonly Shown[], actions: readonly Action[], loads: readonly Load[], today: string): Need[] {
  const found = new Map<string, Need>()
  function add(sku: string, name: string, unit: string, wanted: number, loaded: number): void {
    const one = found.get(sku) ?? { sku, name, unit, wanted: 0, loaded: 0, missing: 0 }
    found.set(sku, { ...one, wanted: one.wanted + wanted, loaded: one.loaded + loaded })
  }
  const told = new Map(actions.flatMap((action) => (action.kind === 'deliver' ? action.payload.lines : [])).map(({ id, qty }) => [id, qty]))
  for (const task of tasks) {
    const coming = isOpen(task) && task.state !== 'offered'
    const done = task.state === 'delivered' && (!task.done_at || dayOf(Date.parse(task.done_at)) === today)
    for (const line of coming || done ? task.lines : []) {
      // A cache of an older version of this app names no SKU.
      if (line.sku) add(line.sku, line.name, line.unit, coming ? line.qty : (told.get(line.id) ?? line.delivered ?? line.qty), 0)
    }
  }
  for (const row of loads) {
    // A phone whose clock is wrong by a day did it today all the same.
    const now = row.waiting || dayOf(Date.parse(row.at)) === today
    if (now && row.move !== 'delivered') add(row.sku, row.name, row.unit, 0, row.move === 'loaded' ? row.qty : -row.qty)
  }
  return [...found.values()].map((one) => ({ ...one, missing: Math.max(0, one.wanted - one.loaded) })).sort((a, b) => b.missing - a.missing || b.wanted - a.wanted)
}

/** The batch to offer first: the last one of this SKU that went on the vehicle and may, else the newest that may. */
export function likelyBatch(good: Good | undefined, loads: readonly Load[]): string {
  const may = (no: string): boolean => !batchOf(good ? [good] : [], good?.sku ?? '', no)?.stopped
  const last = loads.findLast((row) => row.sku === good?.sku && row.move === 'loaded' && !row.stopped && may(row.batch_no))
  return last?.batch_no ?? good?.batches.find((batch) => !batch.stopped)?.batch_no ?? ''
}
