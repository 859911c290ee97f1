import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'

import { serverNow } from '@shared/clock'
import { DAYS_AT_ONCE, delivery } from '@shared/api/delivery'
import type { CarriedBatch, CourierConflict, CourierDay, DeliverIn, Handover, UnsignedDay } from '@shared/api/types'
import { dayOf } from '@/couriers/day'
import { newest } from '@/newest'
import { complain } from '@/notice'
import { useLive } from './live'
import { useSession } from './session'
import { useTabs } from './tabs'
import { settled, TYPING_MS } from '@/settled'

/** Who counts the couriers' cash. */
export const SETTLERS: readonly string[] = ['supervisor', 'owner', 'finance', 'admin']

const SETTLE_MS = 300
/** A chain's phones report all the time: so often at most. */
const AT_MOST_EVERY_MS = 5000
const KINDS = ['task', 'conflict', 'cash', 'load']

/** What couriers' phones reported and nobody could apply, and the cash of each courier's day. */
export const useCouriers = defineStore('couriers', () => {
  const live = useLive()
  const session = useSession()
  const tabs = useTabs()

  const view = ref<'conflicts' | 'days' | 'loads'>('conflicts')
  /** Decided conflicts are shown too. */
  const all = ref(false)
  const day = ref(dayOf(serverNow()))
  /** Part of a courier's or a station's name. */
  const dayText = ref('')
  /** How many days are asked for: a chain has thousands a day. */
  const most = ref(DAYS_AT_ONCE)
  const conflicts = shallowRef<readonly CourierConflict[] | null>(null)
  const uncounted = shallowRef<readonly Handover[]>([])
  const unsigned = shallowRef<readonly UnsignedDay[]>([])
  const days = shallowRef<readonly CourierDay[] | null>(null)
  const carried = shallowRef<readonly CarriedBatch[]>([])
  const failure = shallowRef<unknown>(null)

  const settles = computed(() => SETTLERS.includes(session.session?.user.role ?? ''))
  /** Stopped batches that are still on vehicles. */
  const recalled = computed(() => carried.value.filter((one) => one.stopped).length)
  const open = computed(() => conflicts.value?.filter((one) => !one.closed_at).length ?? 0)

  const moreDays = computed(() => (days.value?.length ?? 0) >= most.value)

  /** As many as were there before, in pages. */
  async function daysShown(): Promise<CourierDay[]> {
    const starts = Array.from({ length: most.value / DAYS_AT_ONCE }, (_, page) => page * DAYS_AT_ONCE)
    return (await Promise.all(starts.map((offset) => delivery.days(day.value, dayText.value.trim(), offset)))).flat()
  }

  function showMore(): void {
    most.value += DAYS_AT_ONCE
    void load()
  }

  const load = newest(
    () =>
      Promise.all([
        delivery.conflicts(all.value ? 'all' : 'open'),
        delivery.uncounted(),
        delivery.unsigned(),
        delivery.loads(),
        view.value === 'days' ? daysShown() : Promise.resolve(null),
      ]),
    ([found, cash, earlier, there, ofDay]) => {
      conflicts.value = found
      uncounted.value = cash
      unsigned.value = earlier
      carried.value = there
      if (ofDay) days.value = ofDay
      failure.value = null
    },
    (error) => (failure.value = error),
  )

  /** Whether it went through; a refusal is said in the server's words, and everything is read again. */
  async function change(doing: () => Promise<unknown>): Promise<boolean> {
    try {
      await doing()
      return true
    } catch (error) {
      complain(error)
      return false
    } finally {
      await load()
    }
  }

  const decide = (id: number, how: 'deliver' | 'close', note: string, told: DeliverIn | null = null) =>
    change(() => delivery.resolve(id, how, note, told))
  const count = (id: number, fen: number, note: string) => change(() => delivery.count(id, fen, note))
  const sign = (of: CourierDay, note: string) =>
    change(() => delivery.sign(of.courier_id, { day: day.value, cash_fen: of.cash_fen, handed_fen: of.handed_fen }, note))

  watch([view, all, day], ([, , now], [, , before]) => {
    if (now !== before) days.value = null
    most.value = DAYS_AT_ONCE
    void load()
  })
  const typed = settled(TYPING_MS, () => {
    most.value = DAYS_AT_ONCE
    void load()
  })
  watch(dayText, () => typed.soon())
  watch(
    () => settles.value && session.session?.user.username,
    (user) => {
      conflicts.value = null
      days.value = null
      if (user) void load()
    },
    { immediate: true },
  )
  const news = settled(SETTLE_MS, () => void load(), AT_MOST_EVERY_MS)
  live.onNotice((notice) => {
    if (!settles.value || (notice !== null && !KINDS.includes(notice.kind))) return
    news.soon()
  })
  watch([open, recalled, uncounted], ([questions, stopped, cash]) => {
    const n = questions + stopped + cash.length
    tabs.badges.couriers = n === 0 ? null : { text: String(n), tone: questions + stopped > 0 ? 'bad' : 'warn' }
  })

  return { view, all, day, dayText, moreDays, showMore, conflicts, carried, recalled, uncounted, unsigned, days, failure, open, settles, load, decide, count, sign }
})
