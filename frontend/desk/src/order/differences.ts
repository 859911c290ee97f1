import type { Order } from '@shared/api/types'
import { formatMoney } from '@shared/format/money'

export interface Difference {
  /** A word of order.field. */
  field: 'what' | 'address' | 'note' | 'due' | 'state'
  before: string
  now: string
}

const SAYS: Readonly<Record<Difference['field'], (order: Order) => string>> = {
  what: (order) => order.what,
  address: (order) => `${order.address.text} ${order.address.building}`.trim(),
  note: (order) => order.note,
  due: (order) => formatMoney(order.due_fen),
  state: (order) => order.state_name,
}

/** What an order says now that it did not say before, in the words of its card. */
export function differences(before: Order, now: Order): Difference[] {
  return (Object.keys(SAYS) as Difference['field'][])
    .map((field) => ({ field, before: SAYS[field](before), now: SAYS[field](now) }))
    .filter((one) => one.before !== one.now)
}

/** Who did what to it meanwhile. */
export const stepsSince = (before: Order, now: Order): Order['steps'] => now.steps.slice(before.steps.length)
