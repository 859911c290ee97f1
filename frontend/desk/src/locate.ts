import { onScopeDispose, ref, shallowRef, watch } from 'vue'

import { customers } from '@shared/api/customers'
import type { Located } from '@shared/api/types'

const PAUSE_MS = 200

/** County and town of an address while it is being typed; an older question is dropped for a newer one. */
export function useLocated(text: () => string) {
  const located = shallowRef<Located | null>(null)
  const busy = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let abort: AbortController | null = null

  async function ask(): Promise<void> {
    const mine = (abort = new AbortController())
    busy.value = true
    try {
      const found = await customers.locate(text().trim(), mine.signal)
      if (abort === mine) located.value = found
    } catch {
      // Without an answer the agent chooses the county by hand.
      if (abort === mine) located.value = null
    } finally {
      if (abort === mine) busy.value = false
    }
  }

  function stop(): void {
    clearTimeout(timer)
    abort?.abort()
    abort = null
    busy.value = false
  }

  watch(text, (now) => {
    stop()
    if (now.trim().length < 2) located.value = null
    else timer = setTimeout(() => void ask(), PAUSE_MS)
  })
  onScopeDispose(stop)

  return { located, busy }
}
