import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'

import { ApiError } from '@shared/api/client'
import type { Product, VoucherCase, VoucherFailure, VoucherPackage, VoucherPanel } from '@shared/api/types'
import { vouchers } from '@shared/api/vouchers'
import { secondsSince, useNow } from '@/clock'
import { i18n } from '@/i18n'
import { warn } from '@/notice'
import { newest } from '@/newest'
import { useCustomer } from './customer'
import { useDesk } from './desk'
import { useLive } from './live'
import { usePapers } from './papers'
import { useSession } from './session'
import { useTabs } from './tabs'

/** M4: three minutes from the answered call to a remedy, and a warning half a minute before. */
export const LIMIT_SECONDS = 180
export const WARN_SECONDS = 150
const AFTER_SALES = ['aftersale', 'after_sale', '售后']

/** The vouchers of the customer whom the desk is about, and the failure that is being mended. */
export const useVouchers = defineStore('vouchers', () => {
  const customer = useCustomer()
  const desk = useDesk()
  const live = useLive()
  const session = useSession()
  const tabs = useTabs()
  const papers = usePapers()
  const now = useNow()
  const { t } = i18n.global

  const panel = shallowRef<VoucherPanel | null>(null)
  const failure = shallowRef<unknown>(null)
  const failures = shallowRef<VoucherFailure[]>([])
  const packages = shallowRef<VoucherPackage[]>([])
  const products = shallowRef<Product[]>([])
  /** The lists were asked for: before, a reason typed at once would find no options and be lost. */
  const listed = ref(false)
  /** The case on the screen; null: the newest open one, if any. */
  const chosen = ref<number | null>(null)
  /** What was done last, with the count to read back; stays until the next thing is done. */
  const said = ref('')

  const approves = computed(() => session.approvesVouchers)
  const uses = computed(() => ['agent', 'supervisor', 'owner', 'admin'].includes(session.session?.user.role ?? ''))
  const open = computed(() => (panel.value?.cases ?? []).filter((one) => one.done_at === null))
  const current = computed<VoucherCase | null>(
    () => (panel.value?.cases ?? []).find((one) => one.id === chosen.value) ?? open.value[0] ?? null,
  )
  /** What the card is about: a case whose clock runs, or one that was mended in this call and is told again. */
  const mending = computed(() => (current.value && (current.value.done_at === null || current.value.id === chosen.value) ? current.value : null))
  /** When the after-sales call of this customer was answered, or null. */
  const answeredAt = computed(() => {
    const call = desk.call
    const mine = call !== null && call.phase === 'talking' && call.id === customer.callId
    return mine && AFTER_SALES.includes(call.intent ?? '') ? call.since : null
  })
  /** Seconds of the running three minutes: the case's, else the after-sales call's own. */
  const seconds = computed(() => {
    const from = current.value && current.value.done_at === null ? current.value.started_at : answeredAt.value
    return from === null ? null : secondsSince(from, now.value)
  })

  const load = newest(
    async () => (customer.id === null ? null : vouchers.panel(customer.id)),
    (found) => {
      panel.value = found
      failure.value = null
    },
    (error) => (failure.value = error),
  )

  /** Names of failures, packages and products; read once a language. */
  async function loadLists(): Promise<void> {
    const got = await Promise.allSettled([vouchers.failures(), vouchers.packages(), vouchers.products()])
    if (got[0].status === 'fulfilled') failures.value = got[0].value
    if (got[1].status === 'fulfilled') packages.value = got[1].value
    if (got[2].status === 'fulfilled') products.value = got[2].value
    listed.value = true
  }

  /** What belongs to every request of this customer's call. */
  const asked = (key: string, reason = '') => ({ key, reason, call_id: customer.callId, answered_at: answeredAt.value })

  /** Puts a case on the screen, and the keyboard to its first remedy. */
  async function mend(id: number): Promise<void> {
    said.value = ''
    chosen.value = id
    await load()
    tabs.open('vouchers')
  }

  /** The case that a refusal made is the one to mend. */
  function heed(error: unknown): boolean {
    const made = error instanceof ApiError ? (error.detail as { case?: VoucherCase | null } | null)?.case : null
    if (!made) return false
    void mend(made.id)
    return true
  }

  async function close(of: VoucherCase, event: 'resolve' | 'agree' | 'withdraw', remedy: string, note: string): Promise<void> {
    await vouchers.closeCase(of.id, event, remedy, note)
    chosen.value = null
    await load()
    void customer.refresh()
    tabs.open('vouchers')
  }

  watch(
    () => customer.id,
    () => {
      panel.value = null
      chosen.value = null
      said.value = ''
      void load()
    },
  )
  // Whatever else is on the screen, and though the panel was never opened since the page was loaded.
  watch(seconds, (spent, before) => {
    if (spent === null || before === null || current.value?.done_at !== null) return
    if (before < WARN_SECONDS && spent >= WARN_SECONDS) warn(t('vouchers.warnSoon'))
    if (before <= LIMIT_SECONDS && spent > LIMIT_SECONDS) warn(t('vouchers.warnLate'))
  })
  watch(() => customer.parts.vouchers, () => void load())
  live.onNotice((notice) => {
    // M4: the agent did not manage in three minutes, so somebody else is told.
    if (notice?.kind === 'voucher' && notice.facts.late && approves.value) warn(t('vouchers.lateElsewhere', { code: String(notice.facts.code) }))
    if (notice === null || (notice.kind === 'voucher' && String(notice.facts.customer_id) === String(customer.id))) void load()
  })
  watch(
    [() => open.value.map((one) => one.code).join(' '), seconds, () => papers.rows.length],
    ([codes, spent, waiting]) => {
      const late = spent !== null && spent >= WARN_SECONDS
      const paper = waiting > 0 ? { text: String(waiting), tone: 'off' as const } : null
      tabs.badges.vouchers = codes ? { text: codes.slice(0, 3), tone: late ? 'bad' : 'warn' } : paper
    },
    { immediate: true },
  )

  return {
    panel, failure, failures, packages, products, listed, chosen, said, approves, uses, open, current, mending, answeredAt, seconds,
    load, loadLists, asked, mend, heed, close,
  }
})
