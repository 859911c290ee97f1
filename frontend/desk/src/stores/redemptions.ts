import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'

import type { Redemption } from '@shared/api/types'
import { vouchers } from '@shared/api/vouchers'
import { formatMoney } from '@shared/format/money'
import { i18n } from '@/i18n'
import { complain, sentence } from '@/notice'
import { useCustomer } from './customer'
import { useVouchers } from './vouchers'

/** What was redeemed for the customer in the last 24 hours, and the one that is about to be reversed. */
export const useRedemptions = defineStore('redemptions', () => {
  const customer = useCustomer()
  const store = useVouchers()
  const { t } = i18n.global
  const asking = shallowRef<Redemption | null>(null)
  const busy = ref(false)
  const problem = ref('')
  /** What was reversed last, said where it was done. */
  const done = ref('')
  // One form, one request: sent again after a broken line, it counts once.
  let key = ''

  const rows = computed(() => store.panel?.redemptions ?? [])
  const may = computed(() => store.approves)

  function ask(row: Redemption): void {
    if (!may.value || row.left === 0) return
    asking.value = row
    problem.value = ''
    done.value = ''
    key = crypto.randomUUID()
  }

  function leave(): void {
    asking.value = null
    problem.value = ''
  }

  /** What reversing makes of the order that it pays for. */
  function follows(row: Redemption): string {
    if (row.owed_fen === null) return t('vouchers.reversing.stays', { no: row.order_no })
    const words = row.monthly ? 'vouchers.reversing.bills' : 'vouchers.reversing.owes'
    return t(words, { no: row.order_no, sum: formatMoney(row.owed_fen) })
  }

  function said(row: Redemption): string {
    const told = { n: row.left, left: store.panel?.balance.available ?? 0, no: row.order_no }
    if (row.owed_fen === null) return t('vouchers.reversing.done', told)
    const words = row.monthly ? 'vouchers.reversing.doneBills' : 'vouchers.reversing.doneOwes'
    return t(words, { ...told, sum: formatMoney(row.owed_fen) })
  }

  /** Whether it was done. The reason is kept in the ledger. */
  async function reverse(reason: string): Promise<boolean> {
    const row = asking.value
    if (row === null || busy.value || !reason.trim()) return false
    busy.value = true
    problem.value = ''
    try {
      await vouchers.reverse(row.id, { ...store.asked(key, reason.trim()), qty: row.left })
      await store.load()
      void customer.refresh()
      if (asking.value?.id !== row.id) return true
      leave()
      done.value = said(row)
      return true
    } catch (error) {
      await store.load()
      if (asking.value?.id === row.id && rows.value.some((one) => one.id === row.id)) problem.value = sentence(error)
      else complain(error)
      return false
    } finally {
      busy.value = false
    }
  }

  watch(
    () => customer.id,
    () => {
      leave()
      done.value = ''
    },
  )

  return { rows, may, asking, busy, problem, done, ask, leave, follows, reverse }
})
