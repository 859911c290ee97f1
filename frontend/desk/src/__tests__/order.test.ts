import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { ApiError } from '@shared/api/client'
import { customers } from '@shared/api/customers'
import { orders } from '@shared/api/orders'
import type { Customer, Order, OrderPreview, Pop, Product, Reorder } from '@shared/api/types'

import { useCatalog } from '../stores/catalog'
import { useCustomer } from '../stores/customer'
import { useOrder } from '../stores/order'

vi.mock('@/notice', () => ({ complain: vi.fn(), inform: vi.fn(), warn: vi.fn(), sentence: String }))

const priced = (more: Partial<OrderPreview> = {}): OrderPreview =>
  ({ quote: 'q1', placeable: true, duplicates: [], refusals: [], warnings: [], asks: [], due_fen: 4000, vouchers: 0, ...more }) as OrderPreview
const made = (id: number): Order => ({ id, no: `SL${id}`, customer_id: 7, state: 'unassigned' }) as Order
const REORDER = { last_order_id: 1, draft: { customer_id: 7, address_id: 5, lines: [{ sku: 'A', qty: 2, pay_by: null }] }, preview: null } as unknown as Reorder

/** A call of customer 7, who ordered before; what the server is asked is recorded. */
async function atWork(preview: () => Promise<OrderPreview> = () => Promise.resolve(priced())) {
  vi.spyOn(customers, 'pop').mockResolvedValue({
    kind: 'known', customer: { id: 7, version: 3 }, addresses: [{ id: 5 }], parts: {}, missing: [], stale: false,
  } as unknown as Pop)
  vi.spyOn(customers, 'read').mockResolvedValue({ id: 7 } as Customer)
  vi.spyOn(orders, 'reorder').mockResolvedValue(REORDER)
  const previews = vi.spyOn(orders, 'preview').mockImplementation(preview)
  const places = vi.spyOn(orders, 'place').mockResolvedValue(made(9))
  useCatalog().products = [{ sku: 'A', name: '水', sellable: true }, { sku: 'B', name: '泵', sellable: true }] as Product[]
  const order = useOrder()
  await useCustomer().showCall('c1')
  await vi.advanceTimersByTimeAsync(1_000)
  return { order, previews, places }
}

describe('taking an order', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    setActivePinia(createPinia())
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  it('stands ready as the last one, and is placed with its quote, key, version and call', async () => {
    const { order, places } = await atWork()
    expect([order.again, order.ready, order.form.lines[0]?.qty, order.form.addressId]).toEqual([true, true, 2, 5])
    await order.place()
    expect(places.mock.calls[0]?.[0]).toMatchObject({ customer_id: 7, call_id: 'c1', quote: 'q1', customer_version: 3, confirm_duplicate: false })
    expect(order.placed?.no).toBe('SL9')
  })

  it('leads to what is still to be asked, by Enter and by Ctrl+Enter, and places nothing', async () => {
    const { order, places } = await atWork(() => Promise.resolve(priced({ placeable: false, asks: ['floor'] })))
    expect(await order.isOpenToPlace()).toBe(false)
    await order.place()
    expect([order.asked, places.mock.calls.length]).toEqual([2, 0])
  })

  it('waits for the price of what was just typed before it says whether it can be placed', async () => {
    let placeable = true
    const { order } = await atWork(() => Promise.resolve(priced({ placeable })))
    placeable = false
    order.form.lines[0]!.qty = 30
    const open = vi.advanceTimersByTimeAsync(0).then(() => order.isOpenToPlace())
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await open).toBe(false)
  })

  it('asks for a price once the typing pauses, and takes the last answer', async () => {
    const waiting: ((preview: OrderPreview) => void)[] = []
    const { order, previews } = await atWork(() => new Promise((answer) => waiting.push(answer)))
    const before = previews.mock.calls.length
    for (const qty of [3, 30, 4]) {
      order.form.lines[0]!.qty = qty
      await vi.advanceTimersByTimeAsync(50)
    }
    await vi.advanceTimersByTimeAsync(1_000)
    expect(previews.mock.calls.length).toBe(before + 1)
    waiting.at(-1)?.(priced({ due_fen: 8000 }))
    waiting.at(-2)?.(priced({ due_fen: 1 }))
    await vi.advanceTimersByTimeAsync(0)
    expect(order.preview?.due_fen).toBe(8000)
  })

  it('waits for the price of what was just typed', async () => {
    const { order, places } = await atWork()
    vi.mocked(orders.preview).mockResolvedValue(priced({ quote: 'q2' }))
    order.form.lines[0]!.qty = 5
    await Promise.resolve()
    const placing = order.place()
    await vi.advanceTimersByTimeAsync(1_000)
    await placing
    expect(places.mock.calls[0]?.[0]).toMatchObject({ quote: 'q2', lines: [{ sku: 'A', qty: 5 }] })
  })

  it('makes one order of two presses', async () => {
    const { order, places } = await atWork()
    await Promise.all([order.place(), order.place()])
    expect(places).toHaveBeenCalledTimes(1)
  })

  it('sends nothing while something stands against it or is still to be asked', async () => {
    const { order, places } = await atWork(() => Promise.resolve(priced({ placeable: false, refusals: [{ code: 'not_served', message: '不送' }] })))
    await order.place()
    vi.mocked(orders.preview).mockResolvedValue(priced({ placeable: false, asks: ['county'] }))
    await vi.advanceTimersByTimeAsync(1_000)
    await order.place()
    expect(places).not.toHaveBeenCalled()
    expect(order.notServed).toBeNull()
  })

  it('asks before a second order, and sends the same key when it is meant', async () => {
    const { order, places } = await atWork(() => Promise.resolve(priced({ duplicates: ['SL8'] })))
    await order.place()
    expect(order.question).toEqual({ kind: 'duplicate', orders: ['SL8'] })
    expect(places).not.toHaveBeenCalled()
    await order.confirm()
    expect(places.mock.calls[0]?.[0]).toMatchObject({ confirm_duplicate: true })
  })

  it('shows a changed price and places only at the next press, with the new quote', async () => {
    const { order, places } = await atWork()
    places.mockRejectedValueOnce(new ApiError(409, 'price_changed', '', priced({ quote: 'q2', due_fen: 4400 })))
    await order.place()
    expect(order.question).toMatchObject({ kind: 'price', before: { due_fen: 4000 } })
    expect([order.preview?.due_fen, order.placed]).toEqual([4400, null])
    await order.place()
    expect(places.mock.calls.map(([body]) => [body.quote, body.request_key === places.mock.calls[0]?.[0].request_key])).toEqual([['q1', true], ['q2', true]])
  })

  it('reads the customer again when somebody changed them, and keeps what was entered', async () => {
    const { order, places } = await atWork()
    order.form.lines[0]!.qty = 6
    await vi.advanceTimersByTimeAsync(1_000)
    places.mockRejectedValueOnce(new ApiError(409, 'stale', '', [{ who: '李敏', what: 'changed', before: {}, after: {} }]))
    await order.place()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(order.question?.kind).toBe('stale')
    expect([order.form.lines[0]?.qty, vi.mocked(customers.pop).mock.calls.length]).toEqual([6, 2])
  })

  it('keeps an unsaved form while another customer is looked at', async () => {
    const { order } = await atWork()
    order.form.lines[0]!.qty = 8
    order.touch()
    vi.mocked(customers.pop).mockResolvedValue({ kind: 'known', customer: { id: 8, version: 1 }, addresses: [], parts: {}, missing: [], stale: false } as unknown as Pop)
    await useCustomer().choose(8)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(order.form.lines[0]?.qty).toBe(2)
    vi.mocked(customers.pop).mockResolvedValue({ kind: 'known', customer: { id: 7, version: 3 }, addresses: [], parts: {}, missing: [], stale: false } as unknown as Pop)
    await useCustomer().choose(7)
    await vi.advanceTimersByTimeAsync(1_000)
    expect([order.form.lines[0]?.qty, order.touched]).toEqual([8, true])
  })
})
