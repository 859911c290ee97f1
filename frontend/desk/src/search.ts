import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'

import { customers } from '@shared/api/customers'
import type { CustomerRow } from '@shared/api/types'

const PAUSE_MS = 120
const SHOWN = 8

export type SearchState = 'idle' | 'busy' | 'ready' | 'failed'

/** The one box: asks when the typing pauses, drops an older question for a newer one. */
export function useSearch(text: Ref<string>) {
  const rows = shallowRef<CustomerRow[]>([])
  const state = ref<SearchState>('idle')
  let timer: ReturnType<typeof setTimeout> | undefined
  let abort: AbortController | null = null

  async function ask(): Promise<void> {
    const mine = (abort = new AbortController())
    state.value = 'busy'
    try {
      const page = await customers.search(text.value.trim(), SHOWN, mine.signal)
      if (abort !== mine) return
      rows.value = page.items
      state.value = 'ready'
    } catch {
      if (abort === mine) state.value = 'failed'
    }
  }

  function stop(): void {
    clearTimeout(timer)
    abort?.abort()
    abort = null
  }

  function clear(): void {
    stop()
    rows.value = []
    state.value = 'idle'
  }

  watch(text, (now) => {
    stop()
    if (now.trim()) timer = setTimeout(() => void ask(), PAUSE_MS)
    else clear()
  })
  onScopeDispose(stop)

  return { rows, state, clear }
}
