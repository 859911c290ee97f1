import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import { orders } from '@shared/api/orders'
import type { OrderRow } from '@shared/api/types'
import { useLive } from './live'
import { settled } from '@/settled'

export const BOARD_SHOWN = 100
const SETTLE_MS = 400

export type BoardFilter = 'all' | 'overdue' | 'unassigned' | 'unaccepted' | 'failed'

const FILTERS: Readonly<Record<BoardFilter, (row: OrderRow) => boolean>> = {
  all: () => true,
  overdue: (row) => row.overdue,
  unassigned: (row) => row.state === 'unassigned' || row.state === 'confirmed',
  unaccepted: (row) => row.state === 'assigned',
  failed: (row) => row.state === 'failed',
}

/** Every order whose water is still to come, followed live while somebody looks. */
export const useBoard = defineStore('board', () => {
  const live = useLive()
  const rows = shallowRef<OrderRow[]>([])
  const status = ref<'idle' | 'loading' | 'ready' | 'failed'>('idle')
  const error = shallowRef<unknown>(null)
  const filter = ref<BoardFilter>('all')
  const more = ref(false)
  const news = settled(SETTLE_MS, () => void load())
  let stop: (() => void) | null = null

  const counts = computed(() =>
    Object.fromEntries(Object.entries(FILTERS).map(([name, wanted]) => [name, rows.value.filter(wanted).length])) as Record<BoardFilter, number>,
  )
  /** Those that are late on top, then by the promised time. */
  const shown = computed(() => {
    const due = (row: OrderRow) => (row.promise_at ? Date.parse(row.promise_at) : Infinity)
    return rows.value.filter(FILTERS[filter.value]).sort((a, b) => Number(b.overdue) - Number(a.overdue) || due(a) - due(b))
  })

  async function load(): Promise<void> {
    if (status.value !== 'ready') status.value = 'loading'
    try {
      const page = await orders.list({ open: true, limit: BOARD_SHOWN })
      rows.value = page.items
      more.value = page.next !== null
      status.value = 'ready'
    } catch (caught) {
      error.value = caught
      if (status.value !== 'ready') status.value = 'failed'
    }
  }

  function follow(): void {
    void load()
    stop ??= live.onNotice((notice) => {
      if (notice && notice.kind !== 'order' && notice.kind !== 'task') return
      news.soon()
    })
  }

  function leave(): void {
    news.cancel()
    stop?.()
    stop = null
  }

  return { rows, status, error, filter, more, counts, shown, load, follow, leave }
})
