/**
 * A reading that may overtake itself: only the newest is taken, and who waits for an overtaken one waits for the
 * newest, so that nobody goes on with what an older one left.
 */
export function newest<T>(read: () => Promise<T>, take: (found: T) => void, failed: (error: unknown) => void): () => Promise<void> {
  let turn = 0
  let last: Promise<void> = Promise.resolve()

  async function go(mine: number): Promise<void> {
    try {
      const found = await read()
      if (mine !== turn) return last
      take(found)
    } catch (error) {
      if (mine !== turn) return last
      failed(error)
    }
  }

  return () => (last = go(++turn))
}
