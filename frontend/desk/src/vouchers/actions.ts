/** Everything that can be done to vouchers and buckets: its fields, and what it asks of the server. */
import { customers } from '@shared/api/customers'
import type { VoucherCase, VoucherPanel } from '@shared/api/types'
import { vouchers } from '@shared/api/vouchers'

export type FieldId =
  | 'lot' | 'eligible' | 'product' | 'qty' | 'package' | 'until' | 'reason' | 'serial' | 'approval' | 'customer' | 'bucket' | 'channel'
  | 'address' | 'orderNo' | 'orderDay' | 'purchaseDay' | 'phone' | 'smsCode' | 'photo'

/** Values of a form; what a field has not is "" or null. */
export interface Values {
  lot: number | null
  sku: string
  qty: number
  package: number | null
  until: string
  reason: string
  serial: string
  approval: string
  customer: number | null
  bucket: string
  channel: string
  address: string
  orderNo: string
  orderDay: string
  purchaseDay: string
  /** The number to be bound, as the agent sees or types it. */
  phone: string
  smsCode: string
  /** An uploaded photo's id. */
  photo: string
}

export interface Context {
  customerId: number
  of: VoucherCase | null
  asked: (key: string, reason?: string) => { key: string; reason: string; call_id: string; answered_at: string | null }
}

/**
 * `closes`: how a case that this mends ends. `retries`: what failed is tried again afterwards, and the case is
 * resolved only when that went well. `approver`: only who approves vouchers.
 */
export interface Action {
  id: string
  fields: readonly FieldId[]
  run: (values: Values, context: Context, key: string) => Promise<unknown>
  closes?: 'resolve' | 'agree'
  retries?: boolean
  approver?: boolean
  /** The second person's code is of this purpose. */
  purpose?: 'emergency' | 'deposit_refund' | 'voucher_refund'
}

const lotOf = (values: Values): number => values.lot ?? 0
const water = ({ asked }: Context, values: Values, key: string) => ({ ...asked(key, values.reason), sku: values.sku, qty: values.qty })
const buckets = ({ asked }: Context, values: Values, key: string) => ({
  ...asked(key, values.reason),
  bucket_type: values.bucket,
  qty: values.qty,
})
/** The end of the chosen day in Shanghai. */
const endOf = (day: string): string => `${day}T23:59:59+08:00`
const nothing = () => Promise.resolve()
/** Water that was left before its voucher: what this case is about, if it is. */
const owedOf = ({ of }: Context): number | null => (of?.detail as { iou?: number } | undefined)?.iou ?? null

/** Cash instead of the voucher: nothing stays owed for water that is there already. */
async function cash(values: Values, context: Context, key: string): Promise<void> {
  const owed = owedOf(context)
  if (owed !== null) await vouchers.waive(owed, context.asked(key, values.reason))
}

const again = (v: Values, c: Context, key: string, clearing = false): Promise<unknown> => {
  const owed = owedOf(c)
  if (owed !== null) return vouchers.settle(owed, { ...c.asked(key, v.reason), clearing })
  return clearing ? vouchers.clearing(c.customerId, water(c, v, key)) : vouchers.redeem(c.customerId, water(c, v, key))
}

/** Two of three must fit before the number is bound (T08). */
async function bind(values: Values, { customerId }: Context): Promise<void> {
  const verdict = await vouchers.verify(customerId, {
    address: values.address,
    order_no: values.orderNo,
    order_day: values.orderDay || null,
    purchase_day: values.purchaseDay || null,
    lot: null,
  })
  if (!verdict.passed) throw new NotVerified(verdict.matched)
  await customers.addPhone(customerId, { number: values.phone })
}

/** `matched`: the answers that did fit. */
export class NotVerified extends Error {
  constructor(readonly matched: readonly string[]) {
    super('not verified')
  }
}

export const ACTIONS: readonly Action[] = [
  { id: 'pay_cash', fields: ['reason'], run: cash, closes: 'agree' },
  { id: 'buy_package', fields: ['package'], retries: true, run: (v, c, key) => vouchers.buy(c.customerId, { ...c.asked(key), package_id: v.package ?? 0 }) },
  { id: 'switch_product', fields: ['eligible'], run: nothing, closes: 'agree' },
  { id: 'convert', fields: ['lot', 'product', 'qty'], retries: true, run: (v, c, key) => vouchers.convert(lotOf(v), water(c, v, key)) },
  { id: 'top_up', fields: ['lot'], retries: true, run: (v, c, key) => vouchers.topUp(lotOf(v), c.asked(key)) },
  { id: 'clearing', fields: ['product', 'qty'], closes: 'resolve', run: (v, c, key) => again(v, c, key, true) },
  { id: 'extend', fields: ['lot', 'until', 'reason'], retries: true, run: (v, c, key) => vouchers.extend(lotOf(v), { ...c.asked(key, v.reason), until: endOf(v.until) }) },
  { id: 'refund', fields: ['lot', 'reason', 'approval'], purpose: 'voucher_refund', closes: 'resolve', run: (v, c, key) => vouchers.refund(lotOf(v), { ...c.asked(key, v.reason), approval: v.approval }) },
  { id: 'unfreeze', fields: ['lot', 'reason'], retries: true, approver: true, run: (v, c, key) => vouchers.unfreeze(lotOf(v), c.asked(key, v.reason)) },
  { id: 'show_first', fields: ['lot'], run: nothing, closes: 'resolve' },
  { id: 'show_entry', fields: ['lot'], run: nothing, closes: 'resolve' },
  { id: 'iou', fields: ['product', 'qty', 'reason'], closes: 'agree', run: (v, c, key) => vouchers.owe(c.customerId, { ...water(c, v, key), code: c.of?.code ?? 'T12' }) },
  { id: 'one_time_code', fields: ['product', 'qty', 'smsCode'], closes: 'resolve', run: (v, c, key) => vouchers.redeemByCode(c.customerId, { ...water(c, v, key), code: v.smsCode }) },
  { id: 'verify_binding', fields: ['address', 'orderNo', 'orderDay', 'purchaseDay', 'phone'], closes: 'resolve', run: bind },
  { id: 'paper_exchange', fields: ['serial', 'product', 'qty', 'photo'], closes: 'agree', run: (v, c, key) => vouchers.paper(c.customerId, { ...water(c, v, key), serial: v.serial, photo_id: v.photo || null }) },
  { id: 'retry', fields: ['product', 'qty'], closes: 'resolve', run: (v, c, key) => again(v, c, key) },
  { id: 'emergency', fields: ['product', 'qty', 'reason', 'approval'], purpose: 'emergency', closes: 'resolve', run: (v, c, key) => vouchers.emergency(c.customerId, { ...water(c, v, key), code: v.approval }) },

  { id: 'redeem', fields: ['product', 'qty'], run: (v, c, key) => vouchers.redeem(c.customerId, water(c, v, key)) },
  { id: 'give', fields: ['product', 'qty', 'reason'], approver: true, run: (v, c, key) => vouchers.give(c.customerId, water(c, v, key)) },
  { id: 'freeze', fields: ['lot', 'reason'], run: (v, c, key) => vouchers.freeze(lotOf(v), c.asked(key, v.reason)) },
  { id: 'transfer', fields: ['lot', 'qty', 'customer', 'reason'], run: (v, c, key) => vouchers.transfer(lotOf(v), { ...c.asked(key, v.reason), qty: v.qty, to_customer: v.customer ?? 0 }) },
  { id: 'take_back', fields: ['bucket', 'qty'], run: (v, c, key) => vouchers.takeBack(c.customerId, buckets(c, v, key)) },
  { id: 'collect', fields: ['bucket', 'qty', 'channel'], run: (v, c, key) => vouchers.collect(c.customerId, { ...buckets(c, v, key), channel: v.channel }) },
  { id: 'refund_deposit', fields: ['bucket', 'qty', 'channel', 'approval'], purpose: 'deposit_refund', run: (v, c, key) => vouchers.refundDeposit(c.customerId, { ...buckets(c, v, key), channel: v.channel, approval: v.approval }) },
  { id: 'lose', fields: ['bucket', 'qty', 'reason'], run: (v, c, key) => vouchers.lose(c.customerId, buckets(c, v, key)) },
]

/** What makes no sense for water that was left already, and is owed. */
const BEFORE_DELIVERY = ['iou', 'one_time_code', 'emergency', 'switch_product']

/** The remedies of a case, as actions. */
export function remediesOf(of: VoucherCase): Action[] {
  const owed = 'iou' in of.detail
  return of.remedies
    .filter((id) => !(owed && BEFORE_DELIVERY.includes(id)))
    .map(actionOf)
    .filter((action): action is Action => action !== undefined)
}

export const actionOf = (id: string): Action | undefined => ACTIONS.find((action) => action.id === id)

/** What stands in the form when it opens: as the failure says, else what is likeliest. */
export function first(action: Action, panel: VoucherPanel, of: VoucherCase | null, day: string, sku = ''): Values {
  const detail = (of?.detail ?? {}) as { sku?: string; wanted?: number; lot?: number }
  const lots = lotsFor(action.id, panel, detail.sku)
  const wanted = detail.sku || sku || panel.eligible[0]?.sku || ''
  return {
    lot: detail.lot ?? lots[0]?.id ?? null,
    sku: action.id === 'switch_product' ? (panel.eligible[0]?.sku ?? '') : wanted,
    qty: detail.wanted ?? 1,
    package: null,
    until: day,
    reason: '',
    serial: '',
    approval: '',
    customer: null,
    bucket: panel.buckets[0]?.bucket_type ?? '',
    channel: action.id === 'refund_deposit' ? 'original' : 'cash',
    address: '',
    orderNo: '',
    orderDay: '',
    purchaseDay: '',
    phone: '',
    smsCode: '',
    photo: '',
  }
}

/** The lots an action can be about, the likeliest first. */
export function lotsFor(action: string, panel: VoucherPanel, sku = '') {
  const { lots } = panel
  if (action === 'convert') return lots.filter((lot) => lot.available > 0 && lot.sku !== sku)
  if (action === 'extend') return [...lots].filter((lot) => lot.available + lot.frozen > 0).sort((a, b) => Number(b.expired) - Number(a.expired))
  if (action === 'unfreeze') return lots.filter((lot) => lot.frozen > 0)
  if (action === 'refund') return lots.filter((lot) => lot.available + lot.frozen > 0)
  if (action === 'show_entry') return [...lots].sort((a, b) => a.available - b.available)
  if (action === 'show_first') return lots
  return lots.filter((lot) => lot.available > 0)
}
