/** Invented customers for looking at screens. Nobody's real name, number or address. */
import type { Address, Customer, CustomerRow, Located, Pop, Regions, RegionFound } from '../../shared/api/types.ts'
import { ago, LONG, type Amount } from './data.ts'
import { popPart } from './orders.ts'

export type PopScene = 'known' | 'new' | 'unidentified' | 'unavailable' | 'stale'

const COUNTIES = [
  ['341502', '金安区', '三里桥街道'], ['341503', '裕安区', '小华山街道'], ['341504', '叶集区', '平岗街道'], ['341522', '霍邱县', '城关镇'],
  ['341523', '舒城县', '城关镇'], ['341524', '金寨县', '梅山镇'], ['341525', '霍山县', '衡山镇'],
] as const

export const regions: Regions = {
  city: '六安市', source: 'mock', as_of: '2023-06-30', prefix_count: 0, prefix_dated: '',
  counties: COUNTIES.map(([adcode, name, town]) => ({ adcode, name, name_en: name, towns: [[`${adcode}100`, town]] })),
}

const region = (level: string, source: string, confidence: string, sentence: string): RegionFound =>
  ({ level, source, confidence, sentence, region: level === 'county' ? '341525' : null, city: '六安市' })

const address = (id: number, text: string, more: Partial<Address> = {}): Address => ({
  id, text, building: '3 栋 502', county: '341525', county_name: '霍山县', town: '341525100', town_name: '衡山镇', floor: 5, lift: 'no',
  notes: '放门口，先打电话', default: id === 1, last_used_at: id === 3 ? null : ago(86_400 * 29 * id), ...more,
})

const addresses = (amount: Amount): Address[] => {
  const few = [
    address(1, '霍山县衡山镇迎驾大道 18 号锦绣花园 3 栋 502'),
    address(2, '霍山县衡山镇文峰南路 6 号', { floor: null, lift: 'unknown', building: '', notes: '' }),
    address(3, '双河镇中学宿舍', { county: '', county_name: '', town: '', town_name: '', floor: 1, lift: 'unknown', notes: '' }),
  ]
  return amount === 'full' ? [...few, ...Array.from({ length: 12 }, (_, n) => address(10 + n, `${LONG}${n}`))] : few.slice(0, 2)
}

const calls = (amount: Amount) =>
  Array.from({ length: amount === 'full' ? 6 : 3 }, (_, n) => ({
    id: `h${n}`, at: ago(86_400 * (n * 9 + 2)), outcome: n === 1 ? 'abandoned_queue' : 'handled', intent: n ? '订水' : '售后', agent: '1001',
    talk_seconds: n === 1 ? 0 : 74, code: n === 1 ? '' : 'order', note: n === 2 ? '下午三点后送' : '',
  }))

export function pop(scene: PopScene, amount: Amount, display: string): Pop {
  const none: Pop = { kind: scene, display, banner: '', stale: false, as_of: ago(0), region: null, customer: null, addresses: [], parts: {}, missing: [] }
  if (scene === 'new') return { ...none, banner: '首次订水请提供地址', region: region('city', 'prefix', 'low', '六安市手机号，区县未知。') }
  if (scene === 'unidentified') return { ...none, region: region('unknown', 'none', 'none', '号码未显示或不可信，请问地址。') }
  if (scene === 'unavailable') return { ...none, stale: true, region: region('unknown', 'none', 'none', '资料暂时查不到，请问地址。') }
  return {
    ...none, kind: 'known', stale: scene === 'stale', as_of: ago(scene === 'stale' ? 5400 : 0),
    region: region('county', 'address', 'high', '默认送水地址在霍山县。'),
    customer: {
      id: 7, name: amount === 'full' ? LONG : '王女士', type: amount === 'full' ? 'enterprise' : 'person', level: 'silver',
      settlement: amount === 'full' ? 'monthly' : 'cash', remark: amount === 'full' ? `${LONG}，${LONG}，${LONG}` : '老人在家，请按门铃',
      risk_note: amount === 'full' ? '上月投诉两次，赔付过一桶；送水前务必电话确认' : '', contact: amount === 'full' ? '李会计' : '', phones: 2, version: 4,
    },
    addresses: addresses(amount),
    parts: {
      orders: popPart(amount),
      vouchers: { available: 6, reserved: 0, frozen: 0, owed: amount === 'full' ? 2 : 0, buckets_owed: 1, open_cases: amount === 'full' ? [{ id: 1, code: 'T02' }] : [] },
      calls: calls(amount),
      complaints: { open: amount === 'full' ? [{ id: 1, no: 'TS20261120-001', kind: 'quality', level: 2, due_at: ago(-7200) }] : [] },
    },
  }
}

export function customer(amount: Amount): Customer {
  const about = pop('known', amount, '').customer!
  return {
    id: 7, version: 4, created_at: ago(9e6), active_at: ago(9e4), name: about.name, type: about.type as Customer['type'], level: 'silver', settlement: 'cash',
    credit_limit: 0, invoice_title: '', tax_no: '', remark: about.remark, risk_note: about.risk_note,
    phones: [
      { id: 1, number: null, display: '138****2345', label: '', contact: '', primary: true },
      { id: 2, number: null, display: '0564****345', label: '家里', contact: '王大爷', primary: false },
    ],
    contacts: [{ id: 1, name: '王大爷', duty: '父亲' }],
    addresses: addresses(amount),
    merges: amount === 'full' ? [{ id: 1, other_id: 9, other_name: '王姐', at: ago(3600), who: '陈班长' }] : [],
    changes: [
      { at: ago(4000), who: '李敏', what: 'address_added', fields: ['text'] },
      { at: ago(9e5), who: '王晓兰', what: 'created', fields: ['name'] },
    ],
  }
}

export const found = (q: string, amount: Amount): CustomerRow[] =>
  q === '没有' ? [] : Array.from({ length: amount === 'full' ? 8 : 3 }, (_, n) => ({
    id: 7 + n, name: n === 1 && amount === 'full' ? LONG : ['王女士', '王建国', '王家小吃'][n % 3]!, type: 'person', level: 'normal', phone: `138****23${40 + n}`,
    address: '霍山县衡山镇迎驾大道 18 号', county_name: '霍山县', active_at: ago(9e4), by: n ? 'initials' : 'tail',
  }))

export function located(text: string): Located {
  const none: Located = { county: null, town: null, confidence: 'none', why: 'nothing', sentence: '没有认出区县，请问清地址。', outside: null, candidates: [] }
  if (text.includes('双河')) {
    const place = (county: string, county_name: string) => ({ county, county_name, town: `${county}100`, town_name: '双河镇' })
    return { ...none, why: 'ask', sentence: '“双河镇”可能是金安区双河镇、金寨县双河镇，请问清是哪个区县。', candidates: [place('341502', '金安区'), place('341524', '金寨县')] }
  }
  const county = COUNTIES.find(([, name]) => text.includes(name.slice(0, 2)))
  if (!county) return none
  return { ...none, county: county[0], town: `${county[0]}100`, confidence: 'high', why: 'found', sentence: `“${county[1]}”：${county[1]}${county[2]}。` }
}
