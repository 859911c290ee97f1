import { api } from '@shared/api/client'

const EVERY_MS = 20_000

const tab = Math.random().toString(36).slice(2, 12)
let timer = 0
let said = 0

/** Tells control that this desk is open, again and again: a desk that falls silent is taken for asleep. */
function say(open: boolean): Promise<unknown> {
  // Whoever wants to know sees its absence; nobody here can do anything about it.
  return api.deskWord({ tab, open, said: (said += 1) }).catch(() => null)
}

function sayAgain(): void {
  window.clearTimeout(timer)
  void say(true)
  timer = window.setTimeout(sayAgain, EVERY_MS)
}

const woken = () => document.visibilityState === 'visible' && sayAgain()
const leaving = () => void say(false)

export function startDeskWord(): void {
  sayAgain()
  document.addEventListener('visibilitychange', woken)
  window.addEventListener('pageshow', woken)
  window.addEventListener('pagehide', leaving)
}

export function stopDeskWord(): void {
  window.clearTimeout(timer)
  document.removeEventListener('visibilitychange', woken)
  window.removeEventListener('pageshow', woken)
  window.removeEventListener('pagehide', leaving)
}

/** While the session still holds: this desk is not open any more. */
export async function closeDeskWord(): Promise<void> {
  stopDeskWord()
  await say(false)
}
