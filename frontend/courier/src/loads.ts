import type { Batch, Good, LoadRow } from '@courier/api/types'
import type { Action, Road } from './offline/types'
import { plainBatch } from './deliveries'

/** What became of buckets of a batch, as the courier sees it. */
export interface Load extends LoadRow {
  waiting: boolean
}

const batchOf = (goods: readonly Good[], sku: string, no: string): Batch | undefined =>
  goods.find((good) => good.sku === sku)?.batches.find((batch) => plainBatch(batch.batch_no) === plainBatch(no))

/**
 * What the server knows, with what waits to be sent on top and without what was taken back; the oldest first.
 * `skew`: milliseconds that the server's clock is ahead of this phone's.
 */
export function loadsOf({ loads, goods }: Road, actions: readonly Action[], skew = 0): Load[] {
  const found: Load[] = loads.map((row) => ({ ...row, waiting: false }))
  for (const { kind, key, at, payload } of actions) {
    if (kind === 'load' && !found.some((row) => row.key === key)) {
      const { stopped = false, reason = '' } = batchOf(goods, payload.sku, payload.batch_no) ?? {}
      found.push({ ...payload, key, at: new Date(Date.parse(at) + skew).toISOString(), stopped, reason, waiting: true })
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

/** The batch to offer first: the last one of this SKU that went on the vehicle and may, else the newest that may. */
export function likelyBatch(good: Good | undefined, loads: readonly Load[]): string {
  const may = (no: string): boolean => !batchOf(good ? [good] : [], good?.sku ?? '', no)?.stopped
  const last = loads.findLast((row) => row.sku === good?.sku && row.move === 'loaded' && !row.stopped && may(row.batch_no))
  return last?.batch_no ?? good?.batches.find((batch) => !batch.stopped)?.batch_no ?? ''
}

/** Batches of a SKU to offer before the newest, the latest first: `there` are on the vehicle, `all` went on it. */
export function usedBatches(sku: string, loads: readonly Load[]): { all: string[]; there: string[] } {
  const left = stillThere(loads).filter((one) => one.sku === sku).map((one) => plainBatch(one.batch_no))
  const used = [...new Set(loads.filter((row) => row.sku === sku && row.move === 'loaded').map((row) => row.batch_no).reverse())]
  const there = used.filter((no) => left.includes(plainBatch(no)))
  return { all: [...new Set([...there, ...used])], there }
}
