import type { Shown } from './offline/view'
import type { Action } from './offline/types'
import type { Load } from './loads'
import { isOpen } from './offline/view'
import { dayOf } from './words'

/** What today still asks for of one SKU, beside what is on the vehicle. */
export interface Need {
  sku: string
  name: string
  unit: string
  /** Still to deliver. */
  wanted: number
  /** On the vehicle as far as it was noted, never below zero. */
  there: number
  /** Left at doors or brought back without a load that was noted before. */
  unnoted: number
  /** When the first of those went, milliseconds of the server; 0: none did. */
  since: number
  missing: number
}

/** `by`: full buckets that came on the vehicle at `at`, or went where it is negative. */
interface Move {
  at: number
  by: number
}

// The server may put a time of this phone some seconds later than it was.
const BEFORE_MS = 60_000

/** When a load happened that was forgotten: before the first bucket of it went. Milliseconds of the server. */
export const forgottenAt = (need: Need): number => need.since - BEFORE_MS

/**
 * By SKU, the most missing first; offers do not count until they are accepted. What went without a load is told, and
 * never asked for again. `today`: 2026-10-28. `skew`: milliseconds that the server's clock is ahead of this phone's.
 */
export function needsOf(tasks: readonly Shown[], actions: readonly Action[], loads: readonly Load[], today: string, skew = 0): Need[] {
  const found = new Map<string, Need>()
  const moves = new Map<string, Move[]>()
  function of({ sku, name, unit }: Pick<Need, 'sku' | 'name' | 'unit'>): Need {
    const one = found.get(sku) ?? { sku, name, unit, wanted: 0, there: 0, unnoted: 0, since: 0, missing: 0 }
    found.set(sku, one)
    return one
  }
  function moved(what: Pick<Need, 'sku' | 'name' | 'unit'>, at: number, by: number): void {
    of(what)
    if (by) moves.set(what.sku, [...(moves.get(what.sku) ?? []), { at, by }])
  }
  const deeds = new Map(actions.flatMap((action) => (action.kind === 'deliver' ? [[action.task_id, action] as const] : [])))
  for (const task of tasks) {
    const deed = deeds.get(task.id)
    const at = task.done_at ? Date.parse(task.done_at) : deed ? Date.parse(deed.at) + skew : 0
    const coming = isOpen(task) && task.state !== 'offered'
    const done = task.state === 'delivered' && (!task.done_at || dayOf(at) === today)
    for (const line of coming || done ? task.lines : []) {
      // A cache of an older version of this app names no SKU.
      if (!line.sku) continue
      const left = deed?.payload.lines.find(({ id }) => id === line.id)?.qty ?? line.delivered ?? line.qty
      if (coming) of(line).wanted += line.qty
      else moved(line, at, -left)
    }
  }
  for (const row of loads) {
    // A phone whose clock is wrong by a day did it today all the same.
    const now = row.waiting || dayOf(Date.parse(row.at)) === today
    if (now && row.move !== 'delivered') moved(row, Date.parse(row.at), row.move === 'loaded' ? row.qty : -row.qty)
  }
  for (const [sku, list] of moves) Object.assign(found.get(sku)!, stock(list))
  const all = [...found.values()].map((one) => ({ ...one, missing: Math.max(0, one.wanted - one.there) }))
  return all.sort((a, b) => b.missing - a.missing || b.wanted - a.wanted)
}

function stock(moves: Move[]): Pick<Need, 'there' | 'unnoted' | 'since'> {
  let [there, unnoted, since] = [0, 0, 0]
  for (const { at, by } of [...moves].sort((a, b) => a.at - b.at || b.by - a.by)) {
    const lacking = Math.max(0, -by - there)
    if (lacking) since ||= at
    unnoted += lacking
    there = Math.max(0, there + by)
  }
  return { there, unnoted, since }
}
