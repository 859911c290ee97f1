/** Invented orders for looking at screens; prices are the demo's. */
import type { Order, OrderLineIn, OrderPreview, OrderRow, Product } from '../../shared/api/types.ts'
import { ago, LONG, type Amount } from './data.ts'

const product = (id: number, sku: string, name: string, price_fen: number, bucket = true): Product => ({
  id, sku, name, brand: '云岭泉', water_type: 'spring', volume_ml: 18_900, unit: '桶', price_fen, returnable: bucket, state: 'active', sellable: true,
  bucket_type: bucket ? { id: 1, code: 'PC-18.9', name: '18.9 升 PC 桶', deposit_fen: 5000 } : null,
})

export const products = [
  product(1, 'SPRING-18.9', '山泉水 18.9 升', 2000), product(2, 'MINERAL-18.9', '矿泉水 18.9 升', 2600), product(3, 'PUMP', '手压泵', 2500, false),
]

const spot = (amount: Amount) => ({
  id: 1, text: amount === 'full' ? LONG : '衡山镇迎驾大道 18 号锦绣花园', building: '3 栋 502', county: '341525', county_name: '霍山县', town: '341525100',
  town_name: '衡山镇', floor: 5, lift: 'no', notes: '',
})

interface Wanted {
  lines?: OrderLineIn[]
  customer_id?: number
  customer?: { addresses: { text: string; county: string }[] }
  floor?: number | null
}

export function preview(wanted: Wanted, amount: Amount): OrderPreview {
  const known = wanted.customer_id !== undefined
  let left = known ? 6 : 0
  const lines = (wanted.lines ?? []).map((line) => {
    const found = products.find((one) => one.sku === line.sku) ?? products[0]!
    const vouchers = line.pay_by && line.pay_by !== 'voucher' ? 0 : Math.min(left, line.qty)
    left -= vouchers
    const deposits = known || !found.bucket_type ? 0 : line.qty
    return {
      product_id: found.id, sku: found.sku, name: found.name, unit: found.unit, qty: line.qty, unit_fen: found.price_fen, list_fen: found.price_fen,
      why: known ? '银卡价' : '标价', amount_fen: found.price_fen * line.qty, vouchers, pay_by: line.pay_by ?? 'cash', deposits, deposit_fen: deposits * 5000,
    }
  })
  const said = wanted.customer?.addresses[0]
  const goods = lines.reduce((sum, line) => sum + line.amount_fen, 0)
  const deposit = lines.reduce((sum, line) => sum + line.deposit_fen, 0)
  const covered = lines.reduce((sum, line) => sum + line.vouchers * line.unit_fen, 0)
  const outside = said?.county === '341524'
  const asks = known ? [] : !said ? ['address'] : wanted.floor === null || wanted.floor === undefined ? ['floor', 'lift'] : []
  const where = known || said
  const what = lines.map((line) => `${line.name} ${line.qty} ${line.unit}`).join('、')
  return {
    lines, address: where ? spot(amount) : null,
    area: where ? { state: outside ? 'not_served' : 'served', why: '霍山县：2 小时内送到，楼层费每层每桶 1 元（无电梯，3 楼以上）', promised_minutes: 120, min_qty: 1, short_by: 0 } : null,
    goods_fen: goods, delivery_fee_fen: 0, floor_fee_fen: asks.includes('floor') ? null : 400, deposit_fen: deposit, total_fen: goods + deposit + 400,
    vouchers: lines.reduce((sum, line) => sum + line.vouchers, 0), vouchers_fen: covered, vouchers_left: left, due_fen: goods + deposit + 400 - covered,
    monthly: false, promise_at: ago(-7200), window_from: null, window_to: null, asks, candidates: [],
    refusals: outside ? [{ code: 'not_served', message: '金寨县双河镇暂不配送，可登记需求。' }] : [],
    warnings: known ? [{ code: 'buckets_owed', message: '客户欠 1 个空桶，请提醒带回。' }] : [], duplicates: [],
    placeable: Boolean(where) && !outside,
    read_back: { zh: `您要${what}，送到霍山县衡山镇迎驾大道 18 号锦绣花园 3 栋 502，今天 11:20 前送到，用水票 2 张，应付 4 元（含楼层费 4 元），对吗？`, en: what },
    quote: 'q',
  }
}

const STATES = ['delivering', 'unassigned', 'assigned', 'accepted', 'failed']

export const row = (n: number, amount: Amount): OrderRow => ({
  id: 500 + n, no: `SL26112600${String(30 + n)}`, version: 2, state: STATES[n % 5]!, state_name: '', customer_id: 7, customer_name: amount === 'full' && n % 3 === 0 ? LONG : ['王女士', '金安小学', '李师傅'][n % 3]!,
  what: `18.9L 山泉水 ×${1 + (n % 4)}`, address: spot(amount), call_id: '', source: 'hotline', station_id: 1, courier_id: n % 5 === 1 ? null : 3, courier: n % 5 === 1 ? '' : '小李',
  window_from: null, window_to: null, promise_at: ago(n === 0 ? 900 : -1800 * n), overdue: n === 0, urges: n === 0 ? 2 : 0, total_fen: 4000, vouchers_fen: 4000, due_fen: 0,
  paid_fen: 0, owed_fen: 0, monthly: false, note: '', placed_at: ago(3600 * (n + 1)), placed_by: '王晓兰', delivered_at: null,
})

export const list = (amount: Amount): OrderRow[] => (amount === 'empty' ? [] : Array.from({ length: amount === 'full' ? 100 : 6 }, (_, n) => row(n, amount)))

export const whole = (amount: Amount): Order => ({
  ...row(1, amount), lines: [{ id: 1, product_id: 1, sku: 'SPRING-18.9', name: '山泉水 18.9 升', unit: '桶', qty: 2, unit_fen: 2000, why: '', vouchers: 2, pay_by: 'cash', deposits: 0, delivered: null, redeemed: 0, vouchers_owed: 0 }],
  goods_fen: 4000, delivery_fee_fen: 0, floor_fee_fen: 400, deposit_fen: 0, vouchers_owed_fen: 0, contact_name: '', phone: '', urged_at: null, overdue_at: null, settled_at: null,
  cancel_reason: '', fail_code: '', voucher_trouble: '', parent_id: null, children: [], steps: [], payments: [], can: [],
})

export const reorder = (amount: Amount) => ({ last_order_id: 499, preview: null, draft: { customer_id: 7, address_id: 1, lines: [{ sku: 'SPRING-18.9', qty: 2, pay_by: null }], note: amount === 'full' ? LONG : '' } })

export const popPart = (amount: Amount) => ({
  last: { id: 499, no: 'SL2610280012', text: '上次：18.9L 山泉水 ×2 · 10-28 · 衡山镇…', text_en: 'Last: Spring 18.9 L ×2 · 10-28', at: ago(86_400 * 29) },
  open: amount === 'empty' ? [] : Array.from({ length: amount === 'full' ? 4 : 1 }, (_, n) => row(n === 0 && amount !== 'full' ? 3 : n, amount)),
})
