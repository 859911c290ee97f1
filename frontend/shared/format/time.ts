/** Seconds as 01:23, from an hour on 1:02:03. Negative and missing times read 00:00. */
export function formatDuration(seconds: number | null | undefined): string {
  const whole = Math.max(0, Math.floor(seconds ?? 0))
  const two = (n: number) => String(n).padStart(2, '0')
  const hours = Math.floor(whole / 3600)
  const rest = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`
  return hours > 0 ? `${hours}:${rest}` : rest
}

/** A running state clock: always 00:12:31. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const two = (n: number) => String(n).padStart(2, '0')
  return `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`
}

const ZONE = 'Asia/Shanghai'

const parts = new Intl.DateTimeFormat('en-CA', {
  timeZone: ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

function shanghai(at: number): Record<string, string> {
  return Object.fromEntries(parts.formatToParts(at).map((part) => [part.type, part.value]))
}

/** 2026-10-28 09:05:07, in Asia/Shanghai. */
export function formatExact(iso: string): string {
  const p = shanghai(Date.parse(iso))
  return `${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}:${p.second}`
}

/** 09:05:07, in Asia/Shanghai. */
export function formatTimeOfDay(iso: string): string {
  const p = shanghai(Date.parse(iso))
  return `${p.hour}:${p.minute}:${p.second}`
}

/** Whether the time lies on the day (of Asia/Shanghai) of `at`, milliseconds. */
export const sameDay = (iso: string, at: number): boolean => formatExact(iso).slice(0, 10) === formatExact(new Date(at).toISOString()).slice(0, 10)

export type Relative =
  | { unit: 'now' }
  | { unit: 'minutes'; n: number }
  | { unit: 'hours'; n: number }
  | { unit: 'yesterday' | 'date'; text: string }

/** How long ago, as data for a sentence; `now` is milliseconds of the server's clock. */
export function relativeTime(iso: string, now: number): Relative {
  const at = Date.parse(iso)
  const seconds = Math.max(0, (now - at) / 1000)
  if (seconds < 60) return { unit: 'now' }
  if (seconds < 3600) return { unit: 'minutes', n: Math.floor(seconds / 60) }
  const then = shanghai(at)
  const today = shanghai(now)
  const clock = `${then.hour}:${then.minute}`
  if (then.day === today.day && seconds < 86_400) return { unit: 'hours', n: Math.floor(seconds / 3600) }
  const before = shanghai(now - 86_400_000)
  if (then.day === before.day && seconds < 172_800) return { unit: 'yesterday', text: clock }
  return { unit: 'date', text: `${then.month}-${then.day} ${clock}` }
}
