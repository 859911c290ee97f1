import { defineStore } from 'pinia'
import { computed, reactive, ref, shallowRef, watch } from 'vue'

import { ApiError } from '@shared/api/client'
import { orders } from '@shared/api/orders'
import type { Order, OrderDraft, OrderPreview } from '@shared/api/types'
import { serverNow } from '@/clock'
import { complain } from '@/notice'
import { draftOf, emptyForm, firstForm, formOf, linesOf, termsOf, type OrderForm, type Whose } from '@/order/form'
import type { Change } from '@/stale'
import { useCatalog } from './catalog'
import { useCustomer } from './customer'
import { useLive } from './live'
import { useNewcomer } from './newcomer'

const PAUSE_MS = 180

/** What stands between the form and the order, for the agent to answer. */
export type Question =
  | { kind: 'duplicate'; orders: string[] }
  | { kind: 'price'; before: OrderPreview | null }
  | { kind: 'stale'; changes: Change[]; before: Order | null }

/** The order being taken for the customer at hand, or the change of one. */
export const useOrder = defineStore('order', () => {
  const customer = useCustomer()
  const newcomer = useNewcomer()
  const catalog = useCatalog()
  const live = useLive()

  const form = reactive<OrderForm>(emptyForm())
  /** The order that is being changed, or null for a new one. */
  const changing = shallowRef<Order | null>(null)
  const again = ref(false)
  const preview = shallowRef<OrderPreview | null>(null)
  const failure = shallowRef<unknown>(null)
  const pricing = ref(false)
  const placing = ref(false)
  const question = shallowRef<Question | null>(null)
  const placed = shallowRef<Order | null>(null)
  /** Grows when the keyboard is to go to what stands against the order. */
  const asked = ref(0)
  const confirmed = ref(false)
  const touched = ref(false)
  let key = crypto.randomUUID()
  let turn = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let abort: AbortController | null = null
  let asking: Promise<void> = Promise.resolve()
  /** Forms left unsaved, by customer or a new caller's call: another call came in between. */
  const kept = new Map<string, OrderForm>()
  /** Whose form stands here: kind, customer and call. */
  let shown = ''
  /** Where the form of `one` is kept: a known customer's whatever the call, a new caller's by the call. */
  const placeOf = (one: string): string => /^known \d+|^new null .+/.exec(one)?.[0] ?? ''

  const whose = computed<Whose | null>(() => {
    if (customer.id !== null) return { id: customer.id }
    return newcomer.active ? { newcomer: newcomer.draft() } : null
  })
  const draft = computed(() => draftOf(form, whose.value, customer.callId, serverNow()))
  const active = computed(() => whose.value !== null && placed.value === null)
  const ready = computed(() => active.value && !placing.value && (preview.value?.placeable ?? false))
  const notServed = computed(() => preview.value?.refusals.find((one) => one.code === 'not_served') ?? null)

  async function price(): Promise<void> {
    const asked = draft.value
    abort?.abort()
    const mine = (abort = new AbortController())
    if (!asked) {
      preview.value = null
      return
    }
    pricing.value = true
    try {
      const found = changing.value
        ? await orders.previewChange(changing.value.id, changeIn(changing.value), mine.signal)
        : await orders.preview(asked, mine.signal)
      if (abort !== mine) return
      preview.value = found
      failure.value = null
    } catch (error) {
      if (abort !== mine) return
      preview.value = null
      failure.value = error
      if (error instanceof ApiError && error.code === 'unknown_product') void catalog.load()
    } finally {
      if (abort === mine) pricing.value = false
    }
  }

  const changeIn = (order: Order) => ({
    ...termsOf(form, serverNow()),
    version: order.version,
    key,
    note: form.note.trim(),
    quote: '',
  })

  /** Debounced; `settled` waits for it. */
  function reprice(pause = PAUSE_MS): void {
    clearTimeout(timer)
    pricing.value = draft.value !== null
    asking = new Promise((done) => {
      timer = setTimeout(() => void price().then(done), pause)
    })
  }

  /** What the server says of the form as it stands. Throws what stands against the order. */
  async function priced(): Promise<OrderPreview> {
    await asking
    const told = preview.value
    if (!told) throw failure.value ?? new ApiError(422, 'nothing_ordered', '')
    const against = told.refusals[0]
    if (against) throw new ApiError(409, against.code, against.message)
    if (!told.placeable) throw new ApiError(422, 'still_to_ask', '')
    return told
  }

  /** Whether it could be placed; says what is still missing, and leads there. */
  async function isOpenToPlace(): Promise<boolean> {
    try {
      await priced()
      return true
    } catch (error) {
      complain(error)
      if (error instanceof ApiError) asked.value += 1
      return false
    }
  }

  /** Takes the order, or changes it. Whatever stands against it becomes a question or a sentence. */
  async function place(): Promise<void> {
    if (placing.value || !active.value) return
    placing.value = true
    try {
      const told = await priced()
      if (told.duplicates.length > 0 && !confirmed.value && !changing.value) {
        question.value = { kind: 'duplicate', orders: told.duplicates }
        return
      }
      question.value = null
      finish(changing.value ? await change(changing.value, told) : await order(told))
    } catch (error) {
      refused(error)
    } finally {
      placing.value = false
    }
  }

  const order = (told: OrderPreview): Promise<Order> =>
    orders.place({
      ...(draft.value as OrderDraft),
      quote: told.quote,
      request_key: key,
      confirm_duplicate: confirmed.value,
      customer_version: customer.person?.version ?? null,
    })

  const change = (former: Order, told: OrderPreview): Promise<Order> =>
    orders.change(former.id, { ...changeIn(former), quote: told.quote })

  function finish(done: Order): void {
    placed.value = done
    touched.value = false
    kept.delete(placeOf(shown))
    if (customer.id !== null) return void customer.refresh()
    void newcomer.became(done.customer_id)
  }

  function refused(error: unknown): void {
    if (!(error instanceof ApiError)) return complain(error)
    if (error.code === 'price_changed') {
      question.value = { kind: 'price', before: preview.value }
      preview.value = error.detail as OrderPreview
    } else if (error.code === 'duplicate_order') {
      question.value = { kind: 'duplicate', orders: (error.detail as { orders?: string[] } | null)?.orders ?? [] }
    } else if (error.code === 'stale') {
      // Of an order the answer has its steps; what they changed is seen beside the form's own order.
      question.value = { kind: 'stale', changes: changing.value ? [] : ((error.detail ?? []) as Change[]), before: changing.value }
      void renew()
    } else {
      complain(error)
      asked.value += 1
      if (error.code !== 'still_to_ask') reprice(0)
    }
  }

  /** Somebody changed customer or order meanwhile: what was shown is read again, what was entered stays. */
  async function renew(): Promise<void> {
    await customer.refresh()
    if (changing.value) changing.value = await orders.read(changing.value.id)
    reprice(0)
  }

  /** It is a second order, and meant. */
  function confirm(): Promise<void> {
    confirmed.value = true
    return place()
  }

  function fill(next: OrderForm): void {
    Object.assign(form, next)
    key = crypto.randomUUID()
    placed.value = question.value = preview.value = failure.value = null
    confirmed.value = touched.value = false
    reprice(0)
  }

  /** The form for whoever is at hand: what was left unsaved, else 再来一单, else an empty one. */
  async function begin(): Promise<void> {
    const mine = ++turn
    changing.value = null
    again.value = false
    const id = customer.id
    const former = kept.get(placeOf(shown))
    fill(former ?? { ...firstForm(catalog.products), addressId: customer.addresses[0]?.id ?? null })
    touched.value = former !== undefined
    if (id === null || former) return
    try {
      const found = await orders.reorder(id)
      if (mine !== turn || touched.value || !found.draft) return
      fill({ ...formOf(found.draft), addressId: found.draft.address_id ?? customer.addresses[0]?.id ?? null })
      again.value = true
    } catch (error) {
      // Without the last order there is still the empty form.
      if (!(error instanceof ApiError)) throw error
    }
  }

  function edit(former: Order): void {
    turn += 1
    changing.value = former
    again.value = false
    fill({
      ...formOf({ lines: former.lines.map((line) => ({ sku: line.sku, qty: line.qty, pay_by: null })), note: former.note }),
      addressId: former.address.id,
    })
  }

  const addLine = (): void => {
    const used = new Set(form.lines.map((line) => line.sku))
    const next = catalog.products.find((product) => product.sellable && !used.has(product.sku))
    if (next) form.lines.push({ sku: next.sku, qty: 1, pay_by: null })
  }
  const dropLine = (at: number): void => void form.lines.splice(at, 1)

  /** The agent changed something: from now on it is work that must not be lost. */
  function touch(): void {
    touched.value = true
    confirmed.value = false
    if (question.value?.kind === 'duplicate') question.value = null
  }

  watch(
    () => [customer.kind, customer.id, customer.callId] as const,
    ([kind, id, callId]) => {
      if (['loading', 'failed', 'unavailable'].includes(kind)) return
      const now = kind === 'known' || kind === 'new' ? `${kind} ${id} ${callId}` : ''
      if (now === shown) return
      keep(shown)
      shown = now
      // The customer who was saved with the order at hand is the same one.
      if (now && placed.value && id === placed.value.customer_id) return
      if (now) void begin()
      else placed.value = null
    },
  )
  watch(
    () => catalog.products,
    () => active.value && form.lines.length === 0 && void begin(),
  )

  function keep(former: string): void {
    const place = placeOf(former)
    if (place && touched.value && !changing.value) kept.set(place, JSON.parse(JSON.stringify(form)) as OrderForm)
  }

  watch(
    () => (active.value ? JSON.stringify([draft.value, changing.value?.version]) : ''),
    (now) => now && reprice(),
  )
  watch(
    () => active.value && (touched.value || newcomer.dirty),
    (unsaved) => customer.hold('order', unsaved),
  )

  live.onNotice((notice) => {
    const of = placed.value
    if (of && (notice === null || (notice.kind === 'order' && notice.id === String(of.id)))) {
      void orders.read(of.id).then((now) => placed.value?.id === now.id && (placed.value = now), complain)
    }
    if (active.value && notice?.kind === 'voucher') reprice()
  })

  return {
    form, changing, again, preview, failure, pricing, placing, question, placed, active, ready, notServed, touched, asked,
    place, isOpenToPlace, confirm, begin, edit, addLine, dropLine, touch, reprice, hasLines: computed(() => linesOf(form).length > 0),
  }
})
