import { defineStore } from 'pinia'
import { ref, shallowRef, watch } from 'vue'

import type { PaperWaiting } from '@shared/api/types'
import { vouchers } from '@shared/api/vouchers'
import { newest } from '@/newest'
import { complain } from '@/notice'
import { useLive } from './live'
import { useSession } from './session'

/** Paper vouchers that agents took in and a second person must decide (T09). */
export const usePapers = defineStore('papers', () => {
  const session = useSession()
  const live = useLive()
  const rows = shallowRef<PaperWaiting[]>([])
  const busy = ref(false)

  const decides = (): boolean => session.approvesVouchers && session.session?.second_factor !== 'needed'

  const load = newest(
    async () => (decides() ? vouchers.papers() : []),
    (found) => (rows.value = found),
    // The list stays as it was, until the next word of it.
    () => {},
  )

  /** Whether it was done. A rejection needs its reason. */
  async function decide(row: PaperWaiting, accept: boolean, reason: string): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    try {
      await vouchers.decidePaper(row.id, { key: crypto.randomUUID(), accept, reason })
      return true
    } catch (error) {
      complain(error)
      return false
    } finally {
      await load()
      busy.value = false
    }
  }

  watch(() => session.session?.user.role, () => void load(), { immediate: true })
  live.onNotice((notice) => {
    if (notice === null || (notice.kind === 'voucher' && String(notice.facts.kind_of).endsWith('_paper'))) void load()
  })

  return { rows, busy, load, decide }
})
