import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import { sessionMark } from '@shared/api/client'
import { serverNow, setServerTime } from '@shared/clock'
import { courierApi } from '@courier/api/courier'
import type { Me, Settlement, Task } from '@courier/api/types'
import { alone, deviceId, newKey } from '@courier/device'
import { DatabaseStore } from '@courier/offline/database'
import { Loop, type Link } from '@courier/offline/loop'
import { MemoryStore } from '@courier/offline/memory'
import { Sender } from '@courier/offline/sender'
import { StoreError, type Action, type Deed, type Notice, type Road, type Store } from '@courier/offline/types'
import { isOpen, project } from '@courier/offline/view'
import { listen } from '@courier/live'
import { loadsOf, stillThere, usedBatches } from '@courier/loads'
import { needsOf } from '@courier/needs'
import { dayOf } from '@courier/words'
import { useSession, type Who } from './session'

interface Reading {
  server: string
  sent: number
  received: number
}

const NO_ROAD: Road = { loads: [], goods: [] }

/** How far the server's clock is ahead of this phone's, milliseconds. */
const skew = (): number => serverNow() - Date.now()

/** How long a notice that was read stays in sight. */
const KEPT_MS = 7 * 86_400_000

// What was done just now has no time of the server's yet.
const latest = (a: Task, b: Task): number => (b.done_at ?? '9').localeCompare(a.done_at ?? '9')

/** One courier's tasks and outbox, and the line to the server. */
export const useWork = defineStore('work', () => {
  const session = useSession()
  const tasks = shallowRef<Task[]>([])
  const actions = shallowRef<Action[]>([])
  const notices = shallowRef<Notice[]>([])
  const me = shallowRef<Me | null>(null)
  const settlement = shallowRef<Settlement | null>(null)
  const road = shallowRef<Road>(NO_ROAD)
  /** When the tasks were last read, by the server's clock. */
  const readAt = ref('')
  const link = ref<Link>('connecting')
  /** False when this browser keeps nothing beyond the page. */
  const keeps = ref(true)
  /** The first look into the store is done. */
  const ready = ref(false)
  const offers = shallowRef<Task[]>([])

  let store: Store | null = null
  let loop: Loop | null = null
  let sender: Sender | null = null
  let endings: (() => void)[] = []

  const shown = computed(() => project(tasks.value, actions.value))
  const open = computed(() => shown.value.filter((task) => isOpen(task) && task.state !== 'offered'))
  const offered = computed(() => shown.value.filter((task) => task.state === 'offered'))
  const over = computed(() => shown.value.filter((task) => !isOpen(task) && task.state !== 'withdrawn').sort(latest))
  const goods = computed(() => road.value.goods)
  const loads = computed(() => loadsOf(road.value, actions.value, skew()))
  /** What today still asks for by SKU, beside what is on the vehicle. */
  const needs = computed(() => needsOf(shown.value, actions.value, loads.value, dayOf(serverNow()), skew()))
  /** Batches of a SKU that were loaded; none is there any more when all of the SKU went, whatever labels were noted. */
  function batchesOf(sku: string): { all: string[]; there: string[] } {
    const used = usedBatches(sku, loads.value)
    return needs.value.find((one) => one.sku === sku)?.there ? used : { ...used, there: [] }
  }
  /** Stopped batches that are still on the vehicle as far as it was noted. */
  const recalled = computed(() => stillThere(loads.value).filter((one) => one.stopped))
  /** Whether what is done now is on its way at once. */
  const online = (): boolean => link.value === 'live' && navigator.onLine
  const unseen = computed(() => notices.value.filter((notice) => !notice.seen))
  /** Null while nobody knows. */
  const working = computed(() => {
    const last = actions.value.findLast((action) => action.kind === 'shift')
    if (last?.kind === 'shift') return last.payload.on
    return me.value ? me.value.shift.started_at !== null : null
  })

  let looks = 0
  let newest = Promise.resolve()

  /** What is shown is then at least as new as the store was at this moment. */
  function refresh(from: Store): Promise<void> {
    newest = readAgain(from, (looks += 1))
    return newest
  }

  async function readAgain(from: Store, look: number): Promise<void> {
    const [nextTasks, nextActions, nextNotices] = await Promise.all([from.tasks(), from.actions(), from.notices()])
    const [nextMe, nextDay] = await Promise.all([from.get<Me>('me'), from.get<Settlement>('settlement')])
    const [reading, nextRoad] = await Promise.all([from.get<Reading>('read'), from.get<Road>('road')])
    if (from !== store) return
    // Another look that began later knows more.
    if (look !== looks) return newest
    tasks.value = nextTasks
    actions.value = nextActions
    notices.value = nextNotices.sort((a, b) => b.at.localeCompare(a.at))
    me.value = nextMe ?? null
    settlement.value = nextDay ?? null
    road.value = nextRoad ?? NO_ROAD
    if (reading && reading.server !== readAt.value) {
      readAt.value = reading.server
      setServerTime(reading.server, reading.sent, reading.received)
    }
    ready.value = true
  }

  /** As `refresh`; a store that fails is said in the bar, one that was closed meanwhile is none of ours. */
  async function look(from: Store): Promise<void> {
    try {
      await refresh(from)
    } catch (error) {
      if (from === store) link.value = error instanceof StoreError ? error.code : 'unavailable'
    }
  }

  async function opened(who: Who): Promise<Store> {
    try {
      const found = await DatabaseStore.open(who.id)
      keeps.value = true
      // Asks the browser not to clear what is kept here when the phone runs short of room.
      void navigator.storage?.persist?.()
      return found
    } catch {
      keeps.value = false
      return new MemoryStore()
    }
  }

  async function start(who: Who): Promise<void> {
    stop()
    const mine = await opened(who)
    store = mine
    const words = new Sender(mine, {
      api: courierApi,
      device: deviceId(),
      alone: (work) => alone(`springline-courier-${who.id}`, work),
      mine: session.mine,
      now: () => new Date().toISOString(),
      clock: setServerTime,
      offers: (found) => (offers.value = found),
    })
    sender = words
    let mark = ''
    const line = new Loop(
      () => {
        mark = sessionMark()
        return words.round()
      },
      (next) => {
        link.value = next
        if (next === 'live') session.resume()
        // Of a sign-in that came while the round was on its way, the round knew nothing.
        if (next === 'expired' && mark === sessionMark()) session.lapse()
      },
    )
    loop = line
    const week = new Date(Date.now() - KEPT_MS).toISOString()
    void mine.tidy(week).catch(() => undefined)
    endings = [mine.watch(() => void look(mine)), listen(() => line.poke())]
    await look(mine)
    if (store === mine) line.start()
  }

  function stop(): void {
    loop?.stop()
    for (const end of endings) end()
    endings = []
    store?.close()
    store = null
    ready.value = false
    link.value = 'connecting'
    tasks.value = []
    actions.value = []
    notices.value = []
    me.value = null
    settlement.value = null
    road.value = NO_ROAD
    readAt.value = ''
    offers.value = []
  }

  /** Keeps the deed, done at `at` by this phone's clock, and sends it when it can be sent. Throws StoreError when the phone has no room for it. */
  async function act(deed: Deed, pictures: Blob[] = [], at = new Date().toISOString()): Promise<void> {
    if (!store) throw new StoreError('unavailable')
    const key = newKey()
    const photos = pictures.map((picture) => ({ key: newKey(), action: key, picture, id: null }))
    await store.add({ ...deed, key, at } as Action, photos)
    await look(store)
    loop?.poke()
  }

  /** ISO time of this phone's clock for a moment of the server's, milliseconds. */
  const byThisPhone = (at: number): string => new Date(at - skew()).toISOString()

  async function acknowledge(key: string): Promise<void> {
    await store?.acknowledge(key)
    if (store) await look(store)
  }

  /** Throws ApiError. `day`: 2026-10-28. */
  async function readSettlement(day: string): Promise<void> {
    await sender?.settlement(day)
    if (store) await look(store)
  }

  const keep = async (name: string, value: unknown): Promise<void> => store?.set(name, value)
  const kept = async <T>(name: string): Promise<T | undefined> => store?.get<T>(name)
  const poke = (): void => loop?.poke()

  /** Leaves nothing of the customers on the phone; refuses nothing, so ask before. */
  async function forget(): Promise<void> {
    const mine = store
    if (mine && actions.value.length === 0) {
      stop()
      await mine.destroy().catch(() => undefined)
    } else stop()
  }

  return {
    tasks, actions, notices, me, settlement, readAt, link, keeps, ready, offers, shown, open, offered, over, unseen, working, online, goods, loads, needs, batchesOf, recalled,
    start, stop, act, byThisPhone, acknowledge, readSettlement, keep, kept, poke, forget,
  }
})
