/** Invented data for looking at screens: typical, empty, overfull. */
import type { Address, Good, Line, LoadRow, Settlement, Task } from '../src/api/types.ts'

export type Amount = 'typical' | 'empty' | 'full'

const LONG = '安徽省六安市霍山县经济开发区高桥湾现代产业园区第二十三号食品饮料有限公司行政部'
const at = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString()

const BATCHES = [{ batch_no: 'A20261126', stopped: false, reason: '' }, { batch_no: 'A20261120', stopped: true, reason: '有异味' }]

const line = (id: number, qty: number, more: Partial<Line> = {}): Line => ({
  id, product_id: 1, sku: 'SPRING-18.9', name: '山泉水 18.9L', unit: '桶', qty, delivered: null, pay_by: 'voucher', vouchers: qty, bucket_type_id: 1, bucket_name: '18.9L 蓝桶', batches: BATCHES, ...more,
})

const place = (text: string, building: string, floor: number | null, lift: Address['lift'], more: Partial<Address> = {}): Address => ({
  text, building, floor, lift, notes: '', county_name: '裕安区', town_name: '鼓楼街道', lat: null, lng: null, ...more,
})

function task(id: number, minutes: number, address: Address, lines: Line[], more: Partial<Task> = {}): Task {
  return {
    id, order_no: `D2610280${id}`, state: 'picked_up', version: 1, position: id, promise_at: at(minutes), window_from: null, window_to: null,
    assigned_at: at(-20), ack_deadline: at(2.6), done_at: null, urged: false, customer_name: '王女士', phone_masked: '138****2345', tel: '+8613800012345',
    address, lines, cash_due_fen: 0, deposit_due_fen: 0, vouchers_due: lines.reduce((sum, one) => sum + one.vouchers, 0),
    empties_expected: lines.reduce((sum, one) => sum + one.qty, 0), note: '', fail_code: '', withdrawn_why: '', withdrawn_words: '', ...more,
  }
}

export function tasks(amount: Amount): Task[] {
  if (amount === 'empty') return []
  const cash = line(20, 1, { pay_by: 'cash', vouchers: 0 })
  const small = line(21, 2, { sku: 'SPRING-0.5X24', name: '瓶装水 555mL×24', unit: '箱', pay_by: 'cash', vouchers: 0, bucket_type_id: null, bucket_name: '' })
  const typical = [
    task(1, 25, place('梅山南路 12 号 百合苑', '3 栋 2 单元 401', 4, 'no', { notes: '门禁 401 呼叫，狗不咬人' }), [line(10, 2)]),
    task(2, -6, place('解放北路 88 号', '', 1, 'unknown'), [cash], { urged: true, cash_due_fen: 7000, deposit_due_fen: 5000, customer_name: '陈先生', phone_masked: '159****0726' }),
    task(3, 130, place('皋城中路 31 号 市民服务中心', '东门岗亭', 12, 'yes'), [line(12, 8, { pay_by: 'monthly', vouchers: 0 }), small], { note: '走货梯，找小刘签收', state: 'accepted', cash_due_fen: 4800, customer_name: '市民服务中心' }),
    task(4, 8, place('云路街 5 号', '', null, 'unknown'), [line(13, 1)], { state: 'offered' }),
    task(5, -200, place('磨子潭路 9 号', '', 2, 'no'), [line(14, 2)], { state: 'delivered', position: 0, done_at: at(-180) }),
    task(6, -90, place('龙河西路 66 号', '', 2, 'no'), [line(15, 1)], { state: 'failed', fail_code: 'F1', position: 0, done_at: at(-80) }),
  ]
  if (amount === 'typical') return typical
  const long = place(LONG, '第二十三号楼西侧配楼二单元负一层仓库进门左拐第三间办公室旁边的茶水间', 33, 'no', { notes: LONG + LONG, county_name: '霍山县', town_name: '霍山经济开发区' })
  const full = Array.from({ length: 30 }, (_, n) =>
    task(100 + n, n * 9 - 20, n % 3 ? place(`皋城中路 ${n} 号`, `${n} 栋`, n % 7, 'no') : long, [line(1000 + n * 10, 99, n % 3 ? {} : { name: LONG }), ...(n % 3 ? [] : [{ ...small, id: 1001 + n * 10, name: LONG }])], {
      customer_name: n % 3 ? '赵先生' : LONG, urged: n % 2 === 0, cash_due_fen: n % 3 ? 0 : 99_999_900, deposit_due_fen: n % 3 ? 0 : 500_000, note: n % 3 ? '' : LONG,
    }),
  )
  return [...typical.map((one) => ({ ...one, customer_name: LONG })), ...full]
}

export function loads(amount: Amount): LoadRow[] {
  const row = { sku: 'SPRING-18.9', name: amount === 'full' ? LONG : '山泉水 18.9L', unit: '桶', reason: '', stopped: false, qty: 8, at: at(-190) }
  if (amount === 'empty') return []
  return [
    { ...row, key: 'load-0001', move: 'loaded', batch_no: 'A20261126' },
    { ...row, key: 'load-0002', move: 'loaded', batch_no: 'A20261120', qty: 4, stopped: true, reason: '有异味', at: at(-60) },
    { ...row, key: 'load-0003', move: 'returned', batch_no: 'A20261126', qty: 1, at: at(-30) },
  ]
}

export function goods(amount: Amount): Good[] {
  if (amount === 'empty') return []
  const small = { sku: 'SPRING-0.5X24', name: '瓶装水 555mL×24', unit: '箱', batches: BATCHES.slice(0, 1) }
  return [{ sku: 'SPRING-18.9', name: amount === 'full' ? LONG : '山泉水 18.9L', unit: '桶', batches: BATCHES }, small, { ...small, sku: 'PURE-18.9', name: '纯净水 18.9L', unit: '桶' }]
}

export function settlement(amount: Amount): Settlement {
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(Date.now())
  const none = { day, delivered: 0, failed: 0, open: 0, products: [], loaded: 0, returned: 0, left: 0, unnoted: 0, buckets: 0, empties: 0, vouchers: 0, cash_due_fen: 0, cash_fen: 0, wechat_fen: 0, commission_fen: 0, handed_fen: 0, to_hand_fen: 0, handovers: [], signed: null }
  if (amount === 'empty') return none
  const many = amount === 'full' ? 9999 : 1
  const handover = { day, courier_id: 5, courier: '', due_fen: 10_000, confirmed_at: null }
  return {
    ...none, delivered: 12 * many, failed: 1, open: 3, buckets: 31 * many, empties: 28, vouchers: 19, cash_due_fen: 24_000 * many, cash_fen: 18_000 * many, wechat_fen: 6000, commission_fen: 4650,
    handed_fen: 10_000, to_hand_fen: 18_000 * many - 10_000, products: [{ name: amount === 'full' ? LONG : '山泉水 18.9L', qty: 28 * many }, { name: '瓶装水 555mL×24', qty: 3 }],
    handovers: [
      { ...handover, id: 1, declared_fen: 10_000, counted_fen: 10_000, difference_fen: 0, state: 'confirmed', declared_at: at(-200), confirmed_by: amount === 'full' ? LONG : '张站长', note: '' },
      { ...handover, id: 2, declared_fen: 5000, counted_fen: null, difference_fen: 0, state: 'declared', declared_at: at(-2), confirmed_by: '', note: '' },
    ],
  }
}

export const name = (amount: Amount): string => (amount === 'full' ? LONG : '李师傅')
