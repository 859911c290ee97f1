import { expect, it } from 'vitest'

import { isOpen, project } from '../view'
import { DELIVERED, FakeServer, lock, phone, task } from './house'

/** Numbers in [0, 1) that a seed repeats (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A day of deeds, dead zones, lost answers, reloads, two tabs and a station that interferes. */
async function day(seed: number) {
  const random = seeded(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const server = new FakeServer()
  for (let id = 1; id <= 5; id += 1) server.tasks.set(id, task(id, { state: pick(['offered', 'accepted']) }))
  server.luck = () => pick(['well', 'well', 'well', 'lost', 'answer lost'])
  const { store, tab, act } = phone(server, undefined, lock())
  const keys: string[] = []

  async function something(): Promise<void> {
    if (random() < 0.2) {
      const payload = { move: 'loaded', sku: 'SPRING', name: '', unit: '', batch_no: pick(['A20261120', 'X']), qty: 1 } as const
      keys.push(await act({ kind: 'load', task_id: null, payload }))
      return
    }
    const one = pick(project(await store.tasks(), await store.actions()).filter(isOpen))
    if (!one) return
    const kind = one.state === 'offered' ? pick(['accept', 'refuse'] as const) : pick(['pick_up', 'arrive', 'deliver', 'fail'] as const)
    const payload = { deliver: DELIVERED, fail: { code: 'F1', note: '' }, refuse: { reason: '' } }[kind as 'deliver'] ?? {}
    keys.push(await act({ kind, task_id: one.id, payload } as never, random() < 0.3 ? [`p${seed}-${keys.length}`] : []))
  }

  function interfere(): void {
    const one = pick([...server.tasks.values()].filter(isOpen))
    if (one) server.tasks.set(one.id, { ...one, version: one.version + 1, ...pick([{ state: 'withdrawn' as const }, { note: '改了' }, { urged: true }]) })
  }

  for (let turn = 0; turn < 40; turn += 1) {
    const what = random()
    if (what < 0.4) await something()
    else if (what < 0.5) server.online = !server.online
    else if (what < 0.58) interfere()
    else if (what < 0.8) await tab().round().catch(() => undefined)
    else await Promise.allSettled([tab().round(), tab().round(), something()])
  }
  server.online = true
  server.luck = () => 'well'
  await tab().round()
  return { server, store, keys }
}

it.each(Array.from({ length: 300 }, (_, seed) => seed))('every deed arrives once, in order, or is told of: day %i', async (seed) => {
  const { server, store, keys } = await day(seed)
  const notices = await store.notices()
  const failed = notices.filter((notice) => notice.action).map((notice) => notice.key)
  expect(await store.actions()).toEqual([])
  // Each exactly once, and none both done and complained about.
  expect([...server.applied, ...failed].sort()).toEqual([...keys].sort())
  expect(server.applied).toEqual(keys.filter((key) => server.applied.includes(key)))
  expect([...server.loads.keys()].every((key) => server.applied.includes(key))).toBe(true)
  const theirs = [...server.tasks.values()].filter((one) => one.state !== 'withdrawn')
  expect((await store.tasks()).filter((one) => one.state !== 'withdrawn').sort((a, b) => a.id - b.id)).toEqual(theirs)
})
