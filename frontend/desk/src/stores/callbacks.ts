import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'

import { callbacks } from '@shared/api/callbacks'
import type { Callback } from '@shared/api/types'
import { newest } from '@/newest'
import { complain } from '@/notice'
import { useLive } from './live'
import { useSession } from './session'
import { useTabs, type Badge } from './tabs'
import { settled } from '@/settled'

const SETTLE_MS = 200
/** A list that nobody tells of is read again now and then. */
const AGAIN_MS = 60_000

/** The badge of the list: red when one is overdue. */
export function badgeOf(items: readonly Pick<Callback, 'escalation'>[]): Badge | null {
  if (items.length === 0) return null
  const worst = Math.max(...items.map((item) => item.escalation))
  return { text: String(items.length), tone: worst === 2 ? 'bad' : worst === 1 ? 'warn' : 'brand' }
}

type Due = Pick<Callback, 'id' | 'escalation'>

/** Those that are nearer to their time than when they were last looked at: 1 about to be late, 2 late. */
export function raised<T extends Due>(now: readonly T[], before: readonly Due[]): T[] {
  const known = new Map(before.map((one) => [one.id, one.escalation]))
  return now.filter((one) => one.escalation > (known.get(one.id) ?? 0))
}

/** Who is to be called back, in the server's order. */
export const useCallbacks = defineStore('callbacks', () => {
  const live = useLive()
  const session = useSession()
  const tabs = useTabs()

  const items = shallowRef<readonly Callback[] | null>(null)
  const failure = shallowRef<unknown>(null)
  /** The one that something is being done to. */
  const busy = ref<number | null>(null)
  let again = 0

  const mine = computed(() => items.value?.find((item) => item.mine) ?? null)

  const later = () => (again = window.setTimeout(() => void load(), AGAIN_MS))
  const refresh = newest(
    callbacks.list,
    (found) => {
      items.value = found.items
      failure.value = null
      later()
    },
    (error) => {
      failure.value = error
      later()
    },
  )

  function load(): Promise<void> {
    window.clearTimeout(again)
    return refresh()
  }

  /** One step, then the list as it is. A refusal is said in the server's own words. */
  async function step(id: number, doing: () => Promise<Callback>): Promise<boolean> {
    busy.value = id
    try {
      await doing()
      return true
    } catch (error) {
      complain(error)
      return false
    } finally {
      busy.value = null
      await load()
    }
  }

  const take = (id: number) => step(id, () => callbacks.take(id))
  const putBack = (id: number) => step(id, () => callbacks.putBack(id))
  const call = (id: number) => step(id, () => callbacks.call(id))
  const attempted = (id: number, result: string) => step(id, () => callbacks.attempted(id, result))
  const nameNumber = (id: number, number: string) => step(id, () => callbacks.nameNumber(id, number))
  const giveUp = (id: number, note: string) => step(id, () => callbacks.giveUp(id, note))

  const news = settled(SETTLE_MS, () => void load())
  live.onNotice((notice) => {
    if (!session.session || (notice !== null && notice.kind !== 'callback')) return
    news.soon()
  })
  watch(
    () => session.session?.user.username,
    (user) => {
      items.value = null
      window.clearTimeout(again)
      if (user) void load()
    },
    { immediate: true },
  )
  watch(items, (now) => (tabs.badges.callbacks = badgeOf(now ?? [])))

  return { items, failure, busy, mine, load, take, putBack, call, attempted, nameNumber, giveUp }
})
