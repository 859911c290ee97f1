/** Invented data for looking at screens: typical, empty, overfull. */
import type { CallDetail, CallOut, Codes, Named, Session, Step } from '../../shared/api/types.ts'
import type { AgentRow, AgentState, CallRow, Row } from '../../shared/live/types.ts'

export type Amount = 'typical' | 'empty' | 'full'

export const LONG = '安徽省六安市霍山县经济开发区高桥湾现代产业园区第二十三号食品饮料有限公司行政部'

export const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString()

const QUEUES: Named[] = [
  { id: 'city', name: '城区' },
  { id: 'huoshan', name: '霍山' },
  { id: 'shucheng', name: '舒城' },
  { id: 'other', name: '其他区域' },
  { id: 'aftersale', name: '售后' },
  { id: 'pooled', name: '人工' },
]

export function session(amount: Amount): Session {
  const queues = amount === 'full' ? [...QUEUES, { id: 'long', name: LONG }] : QUEUES.slice(1, 3)
  return {
    user: {
      id: 1,
      username: 'agent1001',
      name: amount === 'full' ? LONG : '王晓兰',
      role: 'agent',
      language: 'zh-CN',
    },
    agent: { id: '1001', name: '王晓兰', queues, device: 'webrtc' },
    softphone: { ws_path: '/sip', uri: 'sip:agent-1001@springline', username: 'agent-1001' },
    server_time: new Date().toISOString(),
    second_factor: 'off',
    version: '0.1.0',
  }
}

export const codes: Codes = {
  pause: [
    { code: 'break', name: '小休', key: '1' },
    { code: 'meal', name: '用餐', key: '2' },
    { code: 'training', name: '培训', key: '3' },
    { code: 'callback', name: '回电', key: '4' },
    { code: 'meeting', name: '会议', key: '5' },
  ],
  wrap_up: [
    { code: 'order', name: '订水', key: '1' },
    { code: 'urge', name: '催单', key: '2' },
    { code: 'voucher', name: '水票', key: '3' },
    { code: 'bucket', name: '退换桶与押金', key: '4' },
    { code: 'quality', name: '水质', key: '5' },
    { code: 'enterprise', name: '企业团购', key: '6' },
    { code: 'complaint', name: '投诉建议', key: '7' },
    { code: 'out_of_area', name: '区域外', key: '8' },
    { code: 'wrong', name: '误拨', key: '9' },
    { code: 'other', name: '其他', key: '0' },
  ],
}

const agent = (id: string, name: string, state: AgentState, since: number): AgentRow => ({
  type: 'agent', id, name, state, since: ago(since), queues: ['huoshan'], device_online: true,
  reason: state === 'paused' ? 'meal' : null, call_id: null, pause_after: null,
})

const call = (n: number, seconds: number, queue: string, intent: string): CallRow => ({
  type: 'call', id: `w${n}`, phase: 'queued', since: ago(seconds), arrived_at: ago(seconds + 25),
  caller: `139****${String(1000 + ((n * 7919) % 9000))}`, caller_raw: '', caller_quality: n % 17 === 3 ? 'anonymous' : 'real',
  hotline: '4005641234', queue, queued_at: ago(seconds), intent, region: '341525', agent: null, held: false,
})

export function rows(amount: Amount): Row[] {
  const fixed: Row[] = [
    ...QUEUES.map((queue): Row => ({ type: 'queue', ...queue })),
    { type: 'engine', id: 'engine', status: 'up', since: ago(9000) },
    agent('1001', '王晓兰', 'ready', 751),
  ]
  if (amount === 'empty') return fixed
  const team = [
    agent('1002', '李敏', 'talking', 94),
    agent('1003', '陈思远', 'ready', 8),
    agent('1004', '赵国强', 'paused', 1210),
    agent('1005', '周婷', 'wrap_up', 6),
  ]
  if (amount === 'typical') return [...fixed, ...team, call(1, 18, 'huoshan', 'order'), call(2, 47, 'city', 'aftersale')]
  const many = Array.from({ length: 40 }, (_, n) => agent(String(2000 + n), n % 5 ? `坐席${n}` : LONG, n % 3 ? 'talking' : 'ready', n * 37))
  const line = Array.from({ length: 200 }, (_, n) => call(n, n * 3, n % 3 ? 'huoshan' : 'city', n % 2 ? 'order' : 'complaint'))
  return [...fixed, ...team, ...many, ...line]
}

export const myCall = (phase: 'ringing' | 'talking', since: number): CallRow => ({
  type: 'call', id: 'mine', phase, since: ago(since), arrived_at: ago(since + 48), caller: '+8613800012345', caller_raw: '13800012345',
  caller_quality: 'real', hotline: '4005641234', queue: 'huoshan', queued_at: ago(since + 21), intent: 'order', region: '341525',
  agent: '1001', held: false,
})

const OUTCOMES: CallOut['outcome'][] = ['handled', 'handled', 'handled', 'abandoned_queue', 'handled']

function record(n: number, amount: Amount): CallOut {
  const talk = 41 + ((n * 53) % 240)
  const outcome = OUTCOMES[n % 5] ?? 'handled'
  const pick = codes.wrap_up[(n * 3) % 10]
  const at = 180 + n * n * 140
  return {
    id: `h${n}`, arrived_at: ago(at + talk + 40), answered_at: ago(at + talk + 39), connected_at: ago(at + talk), ended_at: ago(at),
    caller: '+8613800012345', caller_display: n % 11 === 7 ? '未知号码' : `13${n % 10} ${String(1000 + ((n * 37) % 9000))} ${String(1000 + ((n * 7919) % 9000))}`,
    caller_quality: 'real', dialled: '4005641234', hotline: '4005641234',
    queue: { id: 'huoshan', name: amount === 'full' && n % 4 === 1 ? LONG : '霍山' }, intent: n % 3 ? 'order' : 'aftersale', region: '341525',
    region_source: 'address', region_certainty: 'high', home: 'local', home_city: '六安市', abuse: '', direction: 'inbound', first_call: null, message_seconds: null,
    agent: { id: '1001', name: '王晓兰' }, outcome, wait_seconds: 18, talk_seconds: outcome === 'handled' ? talk : 0, hangup_by: 'caller', cause: 16,
    wrap_up: n === 0 || outcome !== 'handled' || !pick ? null : { code: pick.code, name: amount === 'full' && n % 6 === 1 ? LONG : pick.name, note: '下午三点后送', intent: '', outcome: '', lost_reason: '', knowledge: [], at: ago(at) },
    recording: { state: n === 2 ? 'pending' : n === 6 ? 'missing' : outcome === 'handled' ? 'ready' : 'none', seconds: 12, url: `/api/calls/h${n}/recording`, parts: 1 },
    is_test: n === 4,
  }
}

export const history = (amount: Amount): CallOut[] =>
  amount === 'empty' ? [] : Array.from({ length: amount === 'full' ? 200 : 14 }, (_, n) => record(n, amount))

export function detail(id: string, amount: Amount): CallDetail {
  const base = record(1, amount)
  const texts = ['来电进入热线 400 564 1234', '播放录音告知', '进入一级菜单', '按 1：订水服务', '进入二级菜单：片区', '按 2：霍山县', '进入霍山队列', '呼叫坐席 王晓兰', '与王晓兰接通，等待 21 秒', '开始录音']
  const steps: Step[] = texts.map((text, n) => ({ at: ago(120 - n * 6), type: 'Step', data: {}, text }))
  return { ...base, id, caller_display: '138 0001 2345', wait_seconds: 21, talk_seconds: 83, wrap_up: null, steps }
}

/** Twelve seconds of two voices, 8 kHz, 16 bit, two channels, as a WAV file. */
export function wav(): Buffer {
  const rate = 8000
  const frames = rate * 12
  const data = Buffer.alloc(44 + frames * 4)
  data.write('RIFF', 0)
  data.writeUInt32LE(36 + frames * 4, 4)
  data.write('WAVEfmt ', 8)
  data.writeUInt32LE(16, 16)
  data.writeUInt16LE(1, 20)
  data.writeUInt16LE(2, 22)
  data.writeUInt32LE(rate, 24)
  data.writeUInt32LE(rate * 4, 28)
  data.writeUInt16LE(4, 32)
  data.writeUInt16LE(16, 34)
  data.write('data', 36)
  data.writeUInt32LE(frames * 4, 40)
  for (let n = 0; n < frames; n += 1) {
    const t = n / rate
    const turn = Math.floor(t / 2) % 2
    const loud = 6000 * Math.abs(Math.sin(t * 5)) * (0.6 + 0.4 * Math.sin(t * 23))
    data.writeInt16LE(Math.round(turn === 0 ? loud * Math.sin(t * 2 * Math.PI * 220) : 0), 44 + n * 4)
    data.writeInt16LE(Math.round(turn === 1 ? loud * Math.sin(t * 2 * Math.PI * 330) : 0), 46 + n * 4)
  }
  return data
}

const callback = (id: number, more: object) => ({
  id, kind: 'message', state: 'open', version: 1, number: null, number_display: '138****2345', known: true, call_id: `c${id}`, calls: 1, region: '341525', intent: '订水',
  place_at: ago(420), begins_at: ago(400), warn_at: ago(-200), due_at: ago(-500), escalation: 0, in_time: null, taken_by: null, mine: false, attempts: [],
  message_url: `/api/callbacks/${id}/message`, message_seconds: 23, note: '', closed_at: null, ...more,
})
export const callbackList = (amount: Amount) => ({
  server_now: ago(0),
  items: amount === 'empty' ? [] : [
    callback(1, { escalation: 2, due_at: ago(130), kind: 'unspoken', message_url: null, message_seconds: null, number_display: '139****0099', calls: 3, intent: '售后' }),
    callback(2, { state: 'taken', mine: true, number: '+8613800012345', number_display: '138 0001 2345', attempts: [{ at: ago(60), by: '坐席小安', result: 'no_answer', note: '' }] }),
    callback(4, { number_display: '匿名', known: false, note: '留言没有保存下来，来电也没有显示号码：请向运营商查询 10-28 09:15:22 的来电号码，填入后回电。', kind: 'unspoken', message_url: null, message_seconds: null }),
    callback(3, { escalation: 1, due_at: ago(-250), kind: 'asked', message_url: null, message_seconds: null }),
    ...(amount === 'full' ? Array.from({ length: 8 }, (_, n) => callback(10 + n, { taken_by: n % 3 ? null : LONG })) : []),
  ],
})
