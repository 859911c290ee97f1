/** Times an agent offers: hours of the trade in Asia/Shanghai, which has no summer time. */
const OFFSET_MS = 8 * 3_600_000
const DAY_MS = 86_400_000

/** From and to in hours of the day. */
const PARTS = [
  ['morning', 8, 12],
  ['afternoon', 12, 17],
  ['evening', 17, 20],
] as const
// An offer that is nearly over is none.
const LEAST_LEFT_MS = 3_600_000

export interface Slot {
  /** "" is as soon as may be; otherwise day and part, such as "0 afternoon". */
  id: string
  day: number
  part: 'soon' | (typeof PARTS)[number][0]
  /** ISO; null for as soon as may be. */
  from: string | null
  to: string | null
}

const SOON: Slot = { id: '', day: 0, part: 'soon', from: null, to: null }

/** The slots of today that are left and those of the next two days; `now` is milliseconds of the server. */
export function slotsAt(now: number): Slot[] {
  const midnight = Math.floor((now + OFFSET_MS) / DAY_MS) * DAY_MS - OFFSET_MS
  const found: Slot[] = [SOON]
  for (const day of [0, 1, 2]) {
    for (const [part, begin, end] of PARTS) {
      const from = midnight + day * DAY_MS + begin * 3_600_000
      const to = midnight + day * DAY_MS + end * 3_600_000
      if (to - now < LEAST_LEFT_MS) continue
      found.push({ id: `${day} ${part}`, day, part, from: new Date(Math.max(from, now)).toISOString(), to: new Date(to).toISOString() })
    }
  }
  return found
}

/** What a datetime-local field of an agent in China says, as ISO; null for nothing. */
export function fromField(text: string): string | null {
  const at = text ? Date.parse(`${text}:00+08:00`) : NaN
  return Number.isNaN(at) ? null : new Date(at).toISOString()
}

/** ISO as such a field takes it. */
export const toField = (iso: string): string => new Date(Date.parse(iso) + OFFSET_MS).toISOString().slice(0, 16)
