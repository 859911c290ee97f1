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
  /** What `rows` answers. */
  let answered = ''
  let waiting: (() => void) | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let abort: AbortController | null = null

  async function ask(): Promise<void> {
    const mine = (abort = new AbortController())
    const asked = text.value.trim()
    state.value = 'busy'
    try {
      const page = await customers.search(asked, SHOWN, mine.signal)
      if (abort !== mine) return
      rows.value = page.items
      state.value = 'ready'
      answered = asked
      waiting?.()
      waiting = null
    } catch {
      if (abort === mine) state.value = 'failed'
    }
  }

  function stop(): void {
    clearTimeout(timer)
    abort?.abort()
    abort = null
    waiting = null
  }

  /** Calls `then` once `rows` answer what is typed now; more typing forgets it. */
  function once(then: () => void): void {
    waiting = null
    if (!text.value.trim()) return
    if (state.value === 'ready' && answered === text.value.trim()) then()
    else waiting = then
  }

  function clear(): void {
    stop()
    answered = ''
    rows.value = []
    state.value = 'idle'
  }

  watch(text, (now) => {
    stop()
    if (now.trim()) timer = setTimeout(() => void ask(), PAUSE_MS)
    else clear()
  })
  onScopeDispose(stop)

  return { rows, state, once, clear }
}
