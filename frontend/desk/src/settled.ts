/** What comes together is dealt with together: `work` runs once, `ms` after the last `soon`, with what that gave. */
export function settled<Given extends unknown[]>(ms: number, work: (...given: Given) => void) {
  let timer = 0
  const cancel = () => window.clearTimeout(timer)
  const soon = (...given: Given) => {
    cancel()
    timer = window.setTimeout(() => work(...given), ms)
  }
  return { soon, cancel }
}
