/** Invented vouchers and complaints for looking at screens. */
import type { BatchAlert, Complaint, ComplaintDetail, ComplaintGuide, ComplaintPage, Decisions, VoucherCase, VoucherFailure, VoucherLot, VoucherPanel } from '../../shared/api/types.ts'
import { ago, LONG, type Amount } from './data.ts'

const SAY: Record<string, [string, string, string[]]> = {
  T01: ['水票余额不足', '您这边剩余的水票不够，可以先付现金，不耽误喝水。', ['pay_cash', 'buy_package', 'iou']],
  T02: ['专用票不适用该水种或规格', '这张票是另一款水专用的，今天改送那一款可以吗？', ['switch_product', 'convert', 'top_up', 'pay_cash']],
  T03: ['水票不属于该站点或区域', '票我帮您转到您附近的站点核销。', ['clearing', 'pay_cash']],
  T04: ['水票已过有效期', '票不会作废，我现在给您延期。', ['extend', 'refund']],
  T05: ['水票已冻结（挂失、争议或退款中）', '您的水票目前是冻结状态，我先核对原因，马上为您处理。', ['unfreeze', 'iou']],
  T06: ['该次配送已核销，请勿重复', '已经核销成功了，不用重复操作。', ['show_first']],
  T07: ['配送员离线，稍后自动核销', '先把水留下，票我在后台扣，您不用等。', ['iou', 'retry']],
  T08: ['手机号未绑定或已更换', '请说一下上次送水的地址，我核对后给您绑定。', ['verify_binding']],
  T09: ['票号无效或纸票未换发', '请把票面编号念给我，我为您登记换成电子水票。', ['paper_exchange', 'iou']],
  T10: ['水票已退款或已转让', '这批水票已经办理过退款或转让，我把记录和日期念给您。', ['show_entry', 'buy_package', 'pay_cash']],
  T11: ['并发冲突或系统错误', '系统正忙，我用应急方式为您核销，水照常送。', ['retry', 'emergency', 'iou']],
  T12: ['票务后台不可用，先送后核', '先给您送水，水票稍后由后台补核，不影响您用水。', ['iou']],
}

export const failures: VoucherFailure[] = Object.entries(SAY).map(([code, [message, say, remedies]]) => ({ code, message, say, remedies }))

const product = (id: number, sku: string, name: string, price_fen: number) =>
  ({ id, sku, name, brand: '', water_type: 'spring', volume_ml: 18_900, bucket_type: null, returnable: true, price_fen, unit: '桶', state: 'active', sellable: true })
export const products = [product(1, 'SPRING-18.9', '18.9L 山泉水', 2200), product(2, 'MINERAL-18.9', '18.9L 矿泉水', 2600)]
export const packages = [
  { id: 1, sku: 'V-SPRING-10', name: '山泉买十赠一', scope: 'dedicated', paid_qty: 10, gift_qty: 1, price_fen: 20_000, valid_days: null },
  { id: 2, sku: 'V-ANY-20', name: '18.9 升通用票 20 张', scope: 'general', paid_qty: 20, gift_qty: 1, price_fen: 48_000, valid_days: 730 },
]

const lot = (id: number, more: Partial<VoucherLot> = {}): VoucherLot => ({
  id, name: '山泉买十赠一', sku: 'SPRING-18.9', volume_ml: 18_900, scope: 'dedicated', source: 'electronic', paid_qty: 10, gift_qty: 1,
  paid_fen: 20_000, unit_price_fen: 2000, available: 6, reserved: 0, frozen: 0, bought_at: ago(4e6), expires_at: null, expired: false,
  min_per_delivery: 1, regions: [], station_id: null, ...more,
})

function failed(id: number, code: string, since: number, more: Partial<VoucherCase> = {}): VoucherCase {
  const [message, say, remedies] = SAY[code]!
  return {
    id, code, message, say, remedies, state: 'open', call_id: 'mine', order_id: null, started_at: ago(since), done_at: null, escalated: false, remedy: '',
    detail: { sku: 'MINERAL-18.9', wanted: 2, usable: 0, lots: [{ id: 1, available: 6, code }] },
    clock: { state: 'running', seconds: since, left: 180 - since }, ...more,
  }
}

export function voucherPanel(amount: Amount, code: string, since: number): VoucherPanel {
  if (amount === 'empty') return { balance: { available: 0, reserved: 0, frozen: 0, owed: 0 }, lots: [], buckets: [], eligible: [], cases: [], ious: [], redemptions: [] }
  const full = amount === 'full'
  const former = failed(8, 'T04', 96, { done_at: ago(9e5), remedy: 'extend', clock: { state: 'met', seconds: 96, left: 84 } })
  return {
    balance: { available: full ? 137 : 6, reserved: full ? 4 : 0, frozen: full ? 3 : 0, owed: full ? 2 : 0 },
    lots: [lot(1), ...(full ? [lot(2, { name: LONG, scope: 'general', expires_at: ago(-9e6), reserved: 4, frozen: 3 }), lot(3, { name: '纸票换发', source: 'paper', paid_qty: 0, gift_qty: 5, paid_fen: 0, unit_price_fen: 0, expires_at: ago(9e5), expired: true }), ...Array.from({ length: 9 }, (_, n) => lot(10 + n))] : [])],
    buckets: [{ bucket_type: 'PC-18.9', name: '18.9L 桶', out: 3, deposited: 2, owed: 1, refundable: 0, held_fen: 10_000 }],
    eligible: [{ sku: 'SPRING-18.9', name: '18.9L 山泉水', available: 6 }],
    cases: [...(code ? [failed(1, code, since)] : []), ...(full ? [failed(2, 'T05', 40)] : []), former],
    ious: full ? [{ id: 4, sku: 'SPRING-18.9', qty: 2, state: 'open', code: 'T07', order_id: 31, delivery_id: 41, at: ago(4000), tries: 1 }] : [],
    redemptions: [
      { id: 51, name: full ? LONG : '山泉买十赠一', qty: 2, left: 2, at: ago(1800), order_id: 31, order_no: 'DD20261128-0031', owed_fen: 4000, monthly: false },
      { id: 50, name: '山泉买十赠一', qty: 1, left: 1, at: ago(7200), order_id: null, order_no: '', owed_fen: null, monthly: false },
      { id: 49, name: '山泉买十赠一', qty: 1, left: 0, at: ago(9000), order_id: 30, order_no: 'DD20261128-0030', owed_fen: 2000, monthly: true },
    ],
  }
}

const KINDS: [string, string, number][] = [['quality', '水质', 120], ['delivery', '配送', 1440], ['attitude', '态度', 1440], ['voucher', '水票', 1440], ['deposit', '押金', 1440], ['billing', '计费', 1440]]
const choice = (id: string, name: string, must: boolean, ...choices: string[]) => ({ id, name, kind: 'choice', must, choices: choices.map((one, n) => ({ value: `v${n}`, name: one })) })
export const guides: ComplaintGuide[] = KINDS.map(([kind, name, due_minutes]) => ({
  kind, name, due_minutes, due_at: ago(-due_minutes * 60), say_closed: '', say: '请您和家人先停止饮用，我马上登记，今天上门更换并取样，两小时内给您回话。', never: '不下结论，不说“肯定没问题”，不承认也不否认原因。',
  questions: kind === 'quality'
    ? [choice('stopped', '已请客户停止饮用', true, '已停止', '客户仍要喝'), choice('body', '喝过的人身体怎样', true, '没有不适', '有不适（请就医，留好票据）', '已就医', '不清楚'), { id: 'batch', name: '批次号（桶口或标签上）', kind: 'text', must: false, choices: [] }, { id: 'produced', name: '生产日期', kind: 'date', must: false, choices: [] }, { id: 'opened', name: '哪天开封', kind: 'date', must: false, choices: [] }, choice('cleaned', '饮水机上次清洗', false, '三个月内', '三个月以上', '没有洗过', '不清楚'), choice('photo', '客户可以拍照', false, '是', '否', '不清楚')]
    : [choice('what', '出了什么问题', true, '迟到', '没有送到', '送错或数量不对', '桶破损或漏水', '不清楚'), { id: 'wish', name: '客户希望怎样解决', kind: 'text', must: false, choices: [] }],
}))

function complaint(n: number, amount: Amount): Complaint {
  const late = n % 4 === 1
  return {
    id: n, no: `TS20261126-${String(n).padStart(3, '0')}`, kind: KINDS[n % 6]![0], kind_name: KINDS[n % 6]![1], level: 1 + (n % 3), level_name: ['一般', '严重', '重大'][n % 3]!,
    state: n % 3 ? 'working' : 'open', state_name: n % 3 ? '处理中' : '已登记', customer_id: 7, customer_name: amount === 'full' ? LONG : '王女士', order_id: 31, delivery_id: null, call_id: 'mine',
    batch_no: n % 6 === 0 ? 'A20261120' : '', text: amount === 'full' ? `${LONG}，昨天送的两桶喝着有塑料味，孩子肚子不舒服` : '昨天送的两桶喝着有塑料味', filed_at: ago(3600), due_at: ago(late ? 900 : -3600), warn_at: ago(late ? 2700 : -1800),
    answered_at: null, escalated: late, handler: n % 3 ? '李敏' : '', handler_id: n % 3 ? 2 : null, clock: { state: late ? 'late' : 'running', left: late ? -900 : 3600 }, version: 1,
  }
}

export function complaintPage(amount: Amount): ComplaintPage {
  const items = amount === 'empty' ? [] : Array.from({ length: amount === 'full' ? 40 : 3 }, (_, n) => complaint(n + 1, amount))
  return { items, counts: { running: items.length, overdue: amount === 'empty' ? 0 : 1, mine: 0, alerts: amount === 'full' ? 1 : 0, asked: amount === 'full' ? 1 : 0 } }
}

export const complaintDetail = (amount: Amount): ComplaintDetail => ({
  ...complaint(6, amount),
  answers: [{ id: 'stopped', question: '已请客户停止饮用', answer: '已停止' }, { id: 'body', question: '喝过的人身体怎样', answer: '有不适（请就医，留好票据）' }, { id: 'opened', question: '哪天开封', answer: '2026-11-25' }],
  events: [{ at: ago(3600), kind: 'filed', kind_name: '已登记', who: '王晓兰', note: '' }, { at: ago(3000), kind: 'take', kind_name: '受理', who: '李敏', note: '' }, { at: ago(2400), kind: 'note', kind_name: '备注', who: '李敏', note: '客户下午三点以后在家，约好换水取样' }],
  compensations: [{ id: 1, complaint_id: 6, complaint_no: 'TS20261126-006', qty: 2, product: '18.9L 山泉水', state: 'asked', why: '', asked_by: '李敏', asked_at: ago(100), mine: false }],
  batch: { id: 1, batch_no: 'A20261120', product: '18.9L 山泉水', produced: '2026-11-20', stop_sale: false, complaints: 2, deliveries: 3, told_by_courier: false },
  steps: ['take', 'answer', 'withdraw'], limit: 1, given: 0,
})

const alert: BatchAlert = { id: 1, batch_no: 'A20261120', product: '18.9L 山泉水', produced: '2026-11-20', known: true, opened_at: ago(300), complaints: [complaint(6, 'typical'), complaint(12, 'typical')] }
export const decisions = (amount: Amount): Decisions =>
  amount === 'empty' ? { alerts: [], compensations: [] } : { alerts: [alert], compensations: complaintDetail(amount).compensations }
