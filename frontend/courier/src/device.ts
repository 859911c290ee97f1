const DEVICE = 'springline.courier.device'

/** A random UUID; `crypto.randomUUID` is missing on pages without TLS. */
export function newKey(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** Names this browser on this phone; the same for all who sign in here. */
export function deviceId(): string {
  const known = localStorage.getItem(DEVICE)
  if (known) return known
  const made = newKey()
  localStorage.setItem(DEVICE, made)
  return made
}

let last: Promise<unknown> = Promise.resolve()

/** One after the other over all tabs; within this tab only where the browser has no locks. */
export function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (navigator.locks) return navigator.locks.request(name, work) as Promise<T>
  const next = last.then(work, work)
  last = next.catch(() => undefined)
  return next
}

export const isApple = (): boolean => /iPhone|iPad|Macintosh/.test(navigator.userAgent)
