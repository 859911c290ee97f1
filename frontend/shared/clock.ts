import { onScopeDispose, ref, type Ref } from 'vue'

/** The server's clock as this computer sees it; browsers' clocks are often wrong by minutes. */
let offset = 0

/** `sent` and `received`: milliseconds of this computer around the answer that carried `serverTime`. */
export function setServerTime(serverTime: string, sent: number, received: number): void {
  offset = Date.parse(serverTime) - (sent + received) / 2
}

export const serverNow = (): number => Date.now() + offset

const now = ref(serverNow())
let users = 0
let timer = 0

function tick(): void {
  now.value = serverNow()
  // Aim just behind the full second, so that all clocks on the page step together.
  timer = window.setTimeout(tick, 1000 - (serverNow() % 1000) + 5)
}

/** The server's time in milliseconds, stepping once a second while any component uses it. */
export function useNow(): Readonly<Ref<number>> {
  if (users === 0) tick()
  users += 1
  onScopeDispose(() => {
    users -= 1
    if (users === 0) window.clearTimeout(timer)
  })
  return now
}

/** Seconds from an ISO time to `at` (milliseconds of the server). */
export const secondsSince = (iso: string, at: number): number => Math.max(0, (at - Date.parse(iso)) / 1000)
