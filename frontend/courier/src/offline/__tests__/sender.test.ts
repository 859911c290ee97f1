import { describe, expect, it } from 'vitest'

import { ApiError } from '@shared/api/client'
import { DELIVERED, FakeServer, phone, task } from './house'

const deliver = (id: number) => ({ kind: 'deliver', task_id: id, payload: DELIVERED }) as const
const step = (kind: 'accept' | 'pick_up' | 'arrive', id: number) => ({ kind, task_id: id, payload: {} }) as const

const GOODS = { move: 'loaded', sku: 'SPRING', name: '山泉水', unit: '桶', qty: 10 } as const
const load = (batch_no: string) => ({ kind: 'load', task_id: null, payload: { ...GOODS, batch_no } }) as const
const undo = (key: string, batch_no: string) => ({ kind: 'undo_load', task_id: null, payload: { ...GOODS, batch_no, load: key } }) as const

function house(...ids: number[]) {
  const server = new FakeServer()
  for (const id of ids) server.tasks.set(id, task(id))
  return { server, ...phone(server) }
}

describe('the sender', () => {
  it('sends what was done in its order and takes the tasks over', async () => {
    const { server, store, tab, act } = house(1, 2)
    await tab().round()
    const keys = [await act(step('pick_up', 1)), await act(deliver(1)), await act(step('arrive', 2))]
    await tab().round()
    expect(server.applied).toEqual(keys)
    expect(await store.actions()).toEqual([])
    expect((await store.tasks()).map((one) => one.state)).toEqual(['delivered', 'arrived'])
  })

  it('has the day on the phone before the network goes, anew when something was sent', async () => {
    const { server, store, tab, act } = house(1)
    let reads = 0
    const { settlement } = server.api
    server.api.settlement = (day) => settlement(day).then((found) => ({ ...found, day, delivered: (reads += 1) }))
    await tab().round()
    await tab().round()
    expect(await store.get('settlement')).toMatchObject({ day: '2026-10-28', delivered: 1 })
    await act(deliver(1))
    await tab().round()
    expect(await store.get('settlement')).toMatchObject({ delivered: 2 })
    server.now = '2026-10-28T16:00:00Z'
    await tab().round()
    expect(await store.get('settlement')).toMatchObject({ day: '2026-10-29', delivered: 3 })
  })

  it('keeps everything while there is no network', async () => {
    const { server, store, tab, act } = house(1)
    await tab().round()
    server.online = false
    const key = await act(deliver(1))
    await expect(tab().round()).rejects.toMatchObject({ status: 0 })
    expect((await store.actions()).map((action) => action.key)).toEqual([key])
    server.online = true
    await tab().round()
    expect(server.applied).toEqual([key])
  })

  it('does a thing once though the answer is lost', async () => {
    const { server, store, tab, act } = house(1)
    const key = await act(deliver(1))
    server.luck = () => 'answer lost'
    await expect(tab().round()).rejects.toMatchObject({ status: 0 })
    server.luck = () => 'well'
    await tab().round()
    expect(server.applied).toEqual([key])
    expect(server.seen.map((action) => action.key)).toEqual([key, key])
    expect(await store.notices()).toEqual([])
  })

  it('sends once from two tabs', async () => {
    const { server, tab, act } = house(1, 2)
    await act(deliver(1))
    await act(deliver(2))
    await Promise.all([tab().round(), tab().round()])
    expect(server.seen).toHaveLength(2)
  })

  it('tells of a conflict and keeps what was meant', async () => {
    const { server, store, tab, act } = house(1)
    await tab().round()
    server.tasks.set(1, task(1, { state: 'withdrawn', version: 5 }))
    const key = await act(deliver(1))
    await tab().round()
    const [notice, ...more] = await store.notices()
    expect(more).toEqual([])
    expect(notice).toMatchObject({ key, kind: 'conflict', code: 'task_over', seen: false, task: { version: 5 } })
    expect(notice?.action).toMatchObject({ kind: 'deliver', payload: DELIVERED })
    await store.acknowledge(key)
    await tab().round()
    expect(await store.notices()).toMatchObject([{ key, seen: true }])
  })

  it('lets a malformed action hold up no other, and tells of it', async () => {
    const { server, store, tab, act } = house(1, 2, 3)
    const keys = [await act(deliver(1)), await act(deliver(2)), await act(deliver(3))]
    server.refuse.set(keys[1] as string, new ApiError(422, 'malformed', '数量不对'))
    await tab().round()
    expect(server.applied).toEqual([keys[0], keys[2]])
    expect(await store.notices()).toMatchObject([{ key: keys[1], kind: 'rejected', message: '数量不对' }])
  })

  it.each([0, 401, 403, 429, 500, 502])('waits when the server says %i', async (status) => {
    const { server, store, tab, act } = house(1)
    const key = await act(deliver(1))
    server.refuse.set(key, new ApiError(status, 'later', ''))
    await expect(tab().round()).rejects.toMatchObject({ status })
    expect(await store.actions()).toHaveLength(1)
    expect(await store.notices()).toEqual([])
  })

  it('uploads pictures before the action that names them, and each once', async () => {
    const { server, tab, act } = house(1, 2)
    const first = await act(deliver(1))
    await act(deliver(2), ['p1', 'p2'])
    await tab().round()
    expect(server.seen.map(({ key, payload }) => [key === first, payload.photo_ids])).toEqual([[true, []], [false, ['id1', 'id2']]])
    await tab().round()
    expect(server.photos.size).toBe(2)
  })

  it('sends the action without a picture that the server cannot read, and says so', async () => {
    const { server, store, tab, act } = house(1)
    server.refuse.set('p1', new ApiError(422, 'unreadable', ''))
    await act(deliver(1), ['p1', 'p2'])
    await tab().round()
    expect(server.seen[0]?.payload.photo_ids).toEqual(['id1'])
    expect(await store.notices()).toMatchObject([{ key: 'p1', kind: 'photo', code: 'unreadable' }])
  })

  it('keeps shift and hand-over in the order of doing', async () => {
    const { server, tab, act } = house(1)
    const keys = [
      await act({ kind: 'shift', task_id: null, payload: { on: true } }),
      await act(deliver(1)),
      await act({ kind: 'hand_over', task_id: null, payload: { day: '2026-10-28', cash_fen: 2000 } }),
    ]
    await tab().round()
    expect(server.applied).toEqual(keys)
  })

  it('sends a load once though the answer is lost, with the time it was done', async () => {
    const { server, store, tab, act } = house()
    const key = await act(load('A20261120'))
    server.now = '2026-10-28T09:00:00Z'
    server.luck = () => 'answer lost'
    await expect(tab().round()).rejects.toMatchObject({ status: 0 })
    server.luck = () => 'well'
    await tab().round()
    expect([...server.loads.values()]).toMatchObject([{ key, qty: 10, at: '2026-10-28T02:00:00Z' }])
    expect(await store.get('road')).toMatchObject({ loads: [{ key }], goods: [{ sku: 'SPRING' }] })
  })

  it('lets a mistyped batch hold up nothing, and keeps what was meant', async () => {
    const { server, store, tab, act } = house(1)
    const [wrong, right, delivery] = [await act(load('X')), await act(load('A20261120')), await act(deliver(1))]
    await tab().round()
    expect(server.applied).toEqual([right, delivery])
    expect(await store.notices()).toMatchObject([
      { key: wrong, kind: 'rejected', code: 'unknown_batch', message: '没有批次 X', action: { kind: 'load', payload: { batch_no: 'X', qty: 10 } }, seen: false },
    ])
  })

  it('takes a load back after it was sent', async () => {
    const { server, store, tab, act } = house()
    const key = await act(load('A20261120'))
    await act(undo(key, 'A20261120'))
    await tab().round()
    expect([[...server.loads], await store.actions(), await store.notices()]).toEqual([[], [], []])
  })

  it('does not ask about a mistyped load that its courier took back already', async () => {
    const { server, store, tab, act } = house(1)
    const key = await act(load('X'))
    await act(undo(key, 'X'))
    const delivery = await act(deliver(1))
    await tab().round()
    expect([server.applied, await store.actions(), await store.notices()]).toEqual([[delivery], [], []])
  })

  it('sends nothing under the session of somebody else', async () => {
    const { server, store, act } = house(1)
    await act(deliver(1))
    const { Sender } = await import('../sender')
    const stranger = async () => Promise.reject(new ApiError(403, 'stranger', ''))
    const around = { api: server.api, device: 'd', alone: <T>(work: () => Promise<T>) => work(), mine: stranger, now: () => '', offers: () => undefined, clock: () => undefined }
    await expect(new Sender(store, around).round()).rejects.toMatchObject({ code: 'stranger' })
    expect(server.seen).toEqual([])
    expect(await store.actions()).toHaveLength(1)
  })

  it('announces an offer once', async () => {
    const { server, tab, offers } = house(1)
    await tab().round()
    server.tasks.set(2, task(2, { state: 'offered' }))
    await tab().round()
    await tab().round()
    expect(offers).toEqual([2])
  })
})
