import { i18n } from '@/i18n'
import { warn } from '@/notice'

/** As long as the sentence that asks for the second Esc stands there. */
export const AGAIN_MS = 4_000

/** Esc leaves at once while nothing was entered; what was entered is given up by a second Esc only. */
export function escaping(dirty: () => boolean, leave: () => void, clock: () => number = Date.now): () => void {
  let asked = -Infinity
  return () => {
    if (!dirty() || clock() - asked < AGAIN_MS) return leave()
    asked = clock()
    warn(i18n.global.t('leave.again'), AGAIN_MS)
  }
}

/** Whether `now` says something else than when this was called. */
export function changed(now: () => unknown): () => boolean {
  const before = JSON.stringify(now())
  return () => JSON.stringify(now()) !== before
}
