import { json } from './client'
import type { Courier, DemandIn, Order, OrderChange, OrderDraft, OrderIn, OrderPage, OrderPreview, Product, Reorder } from './types'

const BASE = '/api/orders'

export interface OrderFilter {
  customer_id?: number
  open?: boolean
  overdue?: boolean
  state?: string
  /** ISO. */
  since?: string
  limit?: number
  before?: number
}

/** Every call throws ApiError. */
export const orders = {
  products: () => json<Product[]>('GET', '/api/catalog/products'),
  /** What the order would be now; writes nothing. */
  preview: (draft: Partial<OrderDraft>, signal?: AbortSignal) => json<OrderPreview>('POST', `${BASE}/preview`, draft, signal),
  place: (order: Partial<OrderIn>) => json<Order>('POST', BASE, order),
  read: (id: number) => json<Order>('GET', `${BASE}/${id}`),
  list: (filter: OrderFilter) => {
    const given = Object.entries(filter).filter(([, value]) => value !== undefined)
    return json<OrderPage>('GET', `${BASE}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`)
  },
  /** 再来一单. */
  reorder: (customerId: number) => json<Reorder>('GET', `/api/customers/${customerId}/reorder`),
  previewChange: (id: number, change: Partial<OrderChange>, signal?: AbortSignal) =>
    json<OrderPreview>('POST', `${BASE}/${id}/change/preview`, change, signal),
  change: (id: number, change: Partial<OrderChange>) => json<Order>('POST', `${BASE}/${id}/change`, change),
  cancel: (id: number, reason: string, key: string, version: number) =>
    json<Order>('POST', `${BASE}/${id}/cancel`, { reason, key, version }),
  urge: (id: number, key: string, callId: string) => json<Order>('POST', `${BASE}/${id}/urge`, { key, call_id: callId }),
  /** After a failed delivery: at once with another courier. */
  again: (id: number, key: string) => json<Order>('POST', `${BASE}/${id}/reschedule`, { key }),
  /** Those whose territories hold the order's address first; `q` looks for a name or a number. */
  couriers: (order: number, q = '') =>
    json<Courier[]>('GET', `/api/delivery/couriers?${new URLSearchParams({ order: String(order), q, limit: '30' })}`),
  /** 改派 by hand; whoever has the order loses it. */
  assign: (id: number, courierId: number, key: string) =>
    json<unknown>('POST', `/api/delivery/orders/${id}/assign`, { courier_id: courierId, key }),
  noteDemand: (demand: Partial<DemandIn>) => json<unknown>('POST', '/api/demand', demand),
}
