/** After the last key, before what was typed is looked for. */
export const TYPING_MS = 250

/**
 * What comes together is dealt with together: `work` runs once, `ms` after the last `soon`, with what that gave.
 * What never stops coming is dealt with `most` after the first of it.
 */
export function settled<Given extends unknown[]>(ms: number, work: (...given: Given) => void, most = ms * 10) {
  let timer = 0
  let first = 0
  const cancel = () => {
    window.clearTimeout(timer)
    first = 0
  }
  const soon = (...given: Given) => {
    const now = performance.now()
    window.clearTimeout(timer)
    first ||= now
    timer = window.setTimeout(() => {
      first = 0
      work(...given)
    }, Math.max(0, Math.min(ms, first + most - now)))
  }
  return { soon, cancel }
}
