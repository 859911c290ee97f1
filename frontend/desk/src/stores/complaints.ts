import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'

import { ApiError } from '@shared/api/client'
import { complaints } from '@shared/api/complaints'
import type { Complaint, ComplaintDetail, ComplaintGuide, ComplaintPage, Decisions } from '@shared/api/types'
import { newest } from '@/newest'
import type { Notice } from '@shared/live/types'
import { complain } from '@/notice'
import { settled } from '@/settled'
import { useCustomer } from './customer'
import { useLive } from './live'
import { useSession } from './session'
import { useTabs } from './tabs'

export type Filter = 'customer' | 'all' | 'overdue' | 'mine' | 'decisions'

const SETTLE_MS = 200

/** Complaints of the customer, of the house, and those that somebody must decide on. */
export const useComplaints = defineStore('complaints', () => {
  const customer = useCustomer()
  const live = useLive()
  const session = useSession()
  const tabs = useTabs()

  const filter = ref<Filter>('all')
  const page = shallowRef<ComplaintPage | null>(null)
  const decisions = shallowRef<Decisions>({ alerts: [], compensations: [] })
  const detail = shallowRef<ComplaintDetail | null>(null)
  const guides = shallowRef<ComplaintGuide[]>([])
  const failure = shallowRef<unknown>(null)
  /** The form of a new complaint is open. */
  const filing = ref(false)

  const role = computed(() => session.session?.user.role ?? '')
  const manages = computed(() => session.manages)
  const works = computed(() => session.manages || role.value === 'agent')
  const rows = computed<Complaint[]>(() => page.value?.items ?? [])
  const counts = computed(() => page.value?.counts ?? { running: 0, overdue: 0, mine: 0, alerts: 0, asked: 0 })

  function wanted(): Record<string, string | number | boolean> {
    if (filter.value === 'customer' && customer.id !== null) return { customer_id: customer.id, running: false }
    if (filter.value === 'overdue') return { overdue: true }
    return filter.value === 'mine' ? { mine: true } : {}
  }

  const load = newest(
    () =>
      Promise.all([
        complaints.list(wanted()),
        manages.value ? complaints.decisions() : Promise.resolve({ alerts: [], compensations: [] }),
      ]),
    ([found, waiting]) => {
      page.value = found
      decisions.value = waiting
      failure.value = null
    },
    (error) => (failure.value = error),
  )

  async function loadGuides(): Promise<void> {
    try {
      guides.value = await complaints.guide()
    } catch (error) {
      complain(error)
    }
  }

  async function read(id: number): Promise<void> {
    filing.value = false
    try {
      detail.value = await complaints.read(id)
    } catch (error) {
      complain(error)
    }
  }

  /** Shows what a change answered; a complaint that somebody else changed meanwhile is read again. */
  async function change(ask: () => Promise<ComplaintDetail>): Promise<ComplaintDetail | null> {
    try {
      detail.value = await ask()
      void load()
      return detail.value
    } catch (error) {
      complain(error)
      if (error instanceof ApiError && error.code === 'stale' && detail.value) await read(detail.value.id)
      return null
    }
  }

  function show(next: Filter): void {
    filter.value = next
    detail.value = null
    filing.value = false
    void load()
  }

  /** From anywhere on the desk, by one key: the form for this caller, or the list when nobody is looked at. */
  function begin(): void {
    tabs.open('complaints')
    detail.value = null
    filing.value = works.value && (customer.id !== null || customer.callId !== '')
    if (guides.value.length === 0) void loadGuides()
  }

  watch(
    () => customer.id,
    (id) => {
      detail.value = null
      filing.value = false
      show(id === null ? 'all' : 'customer')
    },
    { immediate: true },
  )
  const news = settled(SETTLE_MS, (notice: Notice | null) => {
    void load()
    if (detail.value && (notice === null || notice.id === String(detail.value.id))) void read(detail.value.id)
  })
  live.onNotice((notice) => {
    if (notice === null || notice.kind === 'complaint') news.soon(notice)
  })
  watch(
    [counts, decisions],
    ([{ overdue }, { alerts, compensations }]) => {
      const waiting = manages.value ? alerts.length + compensations.length : 0
      const text = String(overdue + waiting)
      tabs.badges.complaints = text === '0' ? null : { text, tone: overdue > 0 || alerts.length > 0 ? 'bad' : 'warn' }
    },
    { immediate: true },
  )

  return { filter, rows, counts, page, decisions, detail, guides, failure, filing, manages, works, load, loadGuides, read, change, show, begin }
})
