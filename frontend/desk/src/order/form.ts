import type { CustomerIn, OrderDraft, OrderLineIn, Product } from '@shared/api/types'
import { addressIn, emptyAddress, type AddressDraft } from '@/address'
import { fromField, slotsAt } from '@/slots'

export type Pay = 'voucher' | 'cash' | 'wechat' | 'monthly'

export interface LineForm {
  sku: string
  /** null while the field is empty. */
  qty: number | null
  /** null: vouchers as far as they go, then the customer's usual way. */
  pay_by: Pay | null
}

export const CUSTOM = 'custom'

/** An order as it is being taken. */
export interface OrderForm {
  lines: LineForm[]
  /** null: the address that is being said. */
  addressId: number | null
  address: AddressDraft
  /** A slot's id, or CUSTOM with `from` and `to` as fields have them. */
  slot: string
  from: string
  to: string
  floor: number | null
  lift: 'yes' | 'no' | 'unknown' | null
  /** Empties handed back, by bucket type; null: as many as are bought, as far as the customer has them. */
  empties: Record<number, number | null>
  contact_name: string
  contact_phone: string
  note: string
}

export const emptyForm = (): OrderForm => ({
  lines: [], addressId: null, address: emptyAddress(), slot: '', from: '', to: '', floor: null, lift: null, empties: {},
  contact_name: '', contact_phone: '', note: '',
})

/** Whose order: a known customer's, or that of one who is saved with it. */
export type Whose = { id: number } | { newcomer: Partial<CustomerIn> }

/** The lines that say something: one a product, the quantities of a product added up. */
export function linesOf(form: OrderForm): OrderLineIn[] {
  const found = new Map<string, OrderLineIn>()
  for (const { sku, qty, pay_by } of form.lines) {
    if (!sku || !qty || qty < 1) continue
    const former = found.get(sku)
    found.set(sku, former ? { ...former, qty: former.qty + qty } : { sku, qty, pay_by })
  }
  return [...found.values()]
}

function windowOf(form: OrderForm, now: number): Pick<OrderDraft, 'window_from' | 'window_to'> {
  if (form.slot === CUSTOM) return { window_from: fromField(form.from), window_to: fromField(form.to) }
  const slot = slotsAt(now).find((one) => one.id === form.slot)
  return { window_from: slot?.from ?? null, window_to: slot?.to ?? null }
}

/** What price, promise and place hang on, as preview, placing and change take it. */
export function termsOf(form: OrderForm, now: number) {
  const empties = Object.entries(form.empties)
    .filter((entry): entry is [string, number] => entry[1] !== null)
    .map(([type, qty]) => ({ bucket_type_id: Number(type), qty }))
  const said = form.addressId === null && form.address.text.trim() !== ''
  return {
    lines: linesOf(form),
    address_id: form.addressId,
    address: said ? addressIn(form.address) : null,
    floor: form.floor,
    lift: form.lift,
    empties: empties.length > 0 ? empties : null,
    ...windowOf(form, now),
  }
}

/** As the server takes it; null while nothing can be asked of it. */
export function draftOf(form: OrderForm, whose: Whose | null, callId: string, now: number): Partial<OrderDraft> | null {
  const terms = termsOf(form, now)
  if (!whose || terms.lines.length === 0) return null
  const { contact_name, contact_phone, note } = form
  const rest = { ...terms, contact_name, contact_phone, note: note.trim(), call_id: callId }
  return 'id' in whose
    ? { ...rest, customer_id: whose.id }
    : { ...rest, address_id: null, address: null, customer: whose.newcomer as CustomerIn }
}

/** A draft of the server (再来一单) or an order that is to be changed, as a form. */
export function formOf(from: Partial<OrderDraft>): OrderForm {
  return {
    ...emptyForm(),
    lines: (from.lines ?? []).map(({ sku, qty, pay_by }) => ({ sku, qty, pay_by: pay_by ?? null })),
    addressId: from.address_id ?? null,
    contact_name: from.contact_name ?? '',
    contact_phone: from.contact_phone ?? '',
    note: from.note ?? '',
  }
}

/** The first order of somebody: the product that is asked for most stands ready. */
export function firstForm(products: readonly Product[]): OrderForm {
  const first = products.find((product) => product.sellable)
  return { ...emptyForm(), lines: first ? [{ sku: first.sku, qty: 1, pay_by: null }] : [] }
}

/** The bucket types that the form's products come in. */
export function bucketTypes(form: OrderForm, products: readonly Product[]): { id: number; name: string }[] {
  const found = new Map<number, string>()
  for (const line of form.lines) {
    const product = products.find((one) => one.sku === line.sku)
    if (product?.returnable && product.bucket_type) found.set(product.bucket_type.id, product.bucket_type.name)
  }
  return [...found].map(([id, name]) => ({ id, name }))
}
