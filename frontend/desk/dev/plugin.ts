import type { IncomingMessage, ServerResponse } from 'node:http'

import type { Plugin } from 'vite'

import type { AgentRow, AgentState, LiveEvent, Row } from '../../shared/live/types.ts'
import * as sales from './orders.ts'
import { complaintDetail, complaintPage, decisions, failures, guides, packages, voucherPanel } from './aftersale.ts'
import { customer, found, located, pop, regions, type PopScene } from './customers.ts'
import { ago, callbackList, codes, detail, history, myCall, rows, session, wav, type Amount } from './data.ts'

/** The server of `vite --mode mock`: one agent, no telephone. `POST /mock {…}` moves the scene. */
class Mock {
  amount: Amount = 'typical'
  signedIn = true
  failing = ''
  pop: PopScene = 'known'
  failure = { code: '', since: 0 }
  role = 'agent'
  private seq = 1
  private readonly epoch = 'mock'
  private streams = new Set<ServerResponse>()
  private me: AgentRow = rows('empty').find((row) => row.type === 'agent') as AgentRow

  scene(order: { amount?: Amount; signedIn?: boolean; failing?: string; me?: AgentState; reason?: string; offline?: boolean; pop?: PopScene; failure?: { code: string; since: number }; role?: string }): void {
    if (order.failure) this.failure = order.failure
    if (order.role) this.role = order.role
    if (order.amount) this.amount = order.amount
    if (order.signedIn !== undefined) this.signedIn = order.signedIn
    if (order.pop) this.pop = order.pop
    if (order.failing !== undefined) this.failing = order.failing
    if (order.me) this.become(order.me, order.reason ?? null)
    for (const stream of this.streams) {
      if (order.offline) stream.write('event: offline\ndata: {"code":"control_away"}\n\n')
      else if (order.amount) this.snapshot(stream)
    }
  }

  become(state: AgentState, reason: string | null = null): void {
    const id = ['ringing', 'talking', 'wrap_up'].includes(state) ? 'mine' : null
    this.me = { ...this.me, state, since: ago(state === 'ready' ? 0 : 3), reason, call_id: id }
    if (state === 'ringing' || state === 'talking') this.send(myCall(state, 4))
    this.send(this.me)
    if (state === 'wrap_up') this.send({ type: 'removed', kind: 'call', id: 'mine' })
  }

  private send(change: LiveEvent['change']): void {
    this.seq += 1
    const event: LiveEvent = { epoch: this.epoch, seq: this.seq, change }
    for (const stream of this.streams) stream.write(`event: change\ndata: ${JSON.stringify(event)}\n\n`)
  }

  private snapshot(stream: ServerResponse): void {
    const others = rows(this.amount).filter((row) => row.type !== 'agent' || row.id !== this.me.id)
    const all: Row[] = [...others, this.me]
    const data = { epoch: this.epoch, seq: this.seq, at: new Date().toISOString(), rows: all }
    stream.write(`event: snapshot\ndata: ${JSON.stringify(data)}\n\n`)
  }

  live(request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    this.streams.add(response)
    this.snapshot(response)
    const beat = setInterval(() => response.write(': beat\n\n'), 10_000)
    request.on('close', () => {
      clearInterval(beat)
      this.streams.delete(response)
    })
  }
}

const reply = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'Content-Type': 'application/json' })
  response.end(JSON.stringify(body))
}

async function body(request: IncomingMessage): Promise<Record<string, string>> {
  let text = ''
  for await (const piece of request) text += String(piece)
  return text ? (JSON.parse(text) as Record<string, string>) : {}
}

async function serve(mock: Mock, request: IncomingMessage, response: ServerResponse, next: () => void): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://mock')
  const route = `${request.method} ${url.pathname}`
  const given = ['POST', 'PATCH', 'PUT'].includes(request.method ?? '') ? await body(request) : {}
  if (mock.failing && url.pathname.startsWith(mock.failing)) return reply(response, 500, { code: 'http_500', message: '' })
  if (route === 'POST /mock') return mock.scene(given), reply(response, 200, {})
  if (route === 'POST /api/session') {
    if (given.password === 'locked') return reply(response, 429, { code: 'locked_out', message: '' })
    if (given.password !== 'water') return reply(response, 401, { code: 'bad_credentials', message: '' })
    mock.signedIn = true
    return reply(response, 200, session(mock.amount))
  }
  if (!url.pathname.startsWith('/api/')) return next()
  if (!mock.signedIn) return reply(response, 401, { code: 'not_signed_in_web', message: '' })
  if (route === 'GET /api/session') {
    const now = session(mock.amount)
    return reply(response, 200, { ...now, user: { ...now.user, role: mock.role } })
  }
  if (route === 'DELETE /api/session') return (mock.signedIn = false), reply(response, 204, {})
  if (route === 'POST /api/softphone') return reply(response, 200, { password: 'x', expires_at: ago(-600) })
  if (route === 'GET /api/live') return mock.live(request, response)
  if (route === 'GET /api/codes') return reply(response, 200, codes)
  if (route === 'GET /api/queues') return reply(response, 200, [{ id: 'huoshan', name: '霍山', regions: [], agents: [], wrap_up: 15 }])
  if (route === 'GET /api/calls') return reply(response, 200, { items: history(mock.amount), next: null })
  if (route === 'POST /api/agent/ready') return mock.become('ready'), reply(response, 200, { ok: true })
  if (route === 'POST /api/agent/pause') return mock.become('paused', given.reason), reply(response, 200, { ok: true })
  if (url.pathname.startsWith('/api/agent/')) return reply(response, 200, { ok: true })
  if (url.pathname.endsWith('/recording')) return void response.writeHead(200, { 'Content-Type': 'audio/wav' }).end(wav())
  if (url.pathname.endsWith('/wrap-up')) return mock.become('ready'), reply(response, 200, { ...detail('mine', mock.amount), wrap_up: { code: 'order', name: '订水', note: '', at: ago(0) } })
  if (url.pathname.endsWith('/guess')) return reply(response, 200, { code: 'order', intent: 'order', outcome: 'none', why: '来电按键：订水', orders: [], lost_reason_due: true })
  const one = /^\/api\/calls\/(\w+)$/.exec(url.pathname)
  if (one) return reply(response, 200, detail(one[1] as string, mock.amount))
  if (/orders|reorder|catalog|demand/.test(url.pathname)) return aboutOrders(mock, route, given, response)
  if (url.pathname === '/api/callbacks') return reply(response, 200, callbackList(mock.amount))
  if (url.pathname.startsWith('/api/callbacks/')) {
    if (url.pathname.endsWith('/message')) return void response.writeHead(200, { 'Content-Type': 'audio/wav' }).end(wav())
    return reply(response, 200, callbackList('typical').items[0])
  }
  if (/^\/api\/(vouchers|complaints)/.test(url.pathname)) return aboutAfterSales(mock, route, url, response)
  if (url.pathname.startsWith('/api/customers')) return aboutCustomers(mock, route, url, given, response)
  reply(response, 404, { code: 'http_404', message: '' })
}

function aboutOrders(mock: Mock, route: string, given: Record<string, unknown>, response: ServerResponse): void {
  const { amount } = mock
  if (route === 'GET /api/catalog/products') return reply(response, 200, sales.products)
  if (route.endsWith('preview')) return reply(response, 200, sales.preview(given as never, amount))
  if (route.endsWith('/reorder')) return reply(response, 200, sales.reorder(amount))
  if (route === 'GET /api/orders') return reply(response, 200, { items: sales.list(amount), next: null })
  reply(response, 200, sales.whole(amount))
}

function aboutAfterSales(mock: Mock, route: string, url: URL, response: ServerResponse): void {
  const { amount, failure } = mock
  const { pathname } = url
  if (route === 'GET /api/vouchers/failures') return reply(response, 200, failures)
  if (route === 'GET /api/vouchers/packages') return reply(response, 200, packages)
  if (route === 'GET /api/complaints/guide') return reply(response, 200, guides)
  if (route === 'GET /api/complaints/decisions') return reply(response, 200, decisions(amount))
  if (route === 'GET /api/complaints') return reply(response, 200, complaintPage(amount))
  if (pathname.startsWith('/api/complaints')) return reply(response, 200, complaintDetail(amount))
  if (/customers\/\d+$/.test(pathname)) return reply(response, 200, voucherPanel(amount, failure.code, failure.since))
  if (pathname.endsWith('/refund') && route.startsWith('GET')) return reply(response, 200, { version: '2026-1', rule: '', fen: 12_000, counted: 4, charged_fen: 8000, text: '实付 200.00 元 − 已用 5 张（先抵赠票 1 张，计费 4 张）80.00 元 = 120.00 元' })
  if (pathname.endsWith('/approvals')) return reply(response, 200, { code: '40271983' })
  reply(response, 200, { key: 'k', repeated: false, entries: [], iou: null })
}

function aboutCustomers(mock: Mock, route: string, url: URL, given: Record<string, string>, response: ServerResponse): void {
  const { amount } = mock
  if (route === 'POST /api/customers/pop') {
    if (given.customer_id) return reply(response, 200, { ...pop('known', amount, ''), region: null })
    return reply(response, 200, given.number ? pop('new', amount, given.number) : pop(mock.pop, amount, '138 0001 2345'))
  }
  if (route === 'GET /api/customers/regions') return reply(response, 200, regions)
  if (route === 'GET /api/customers/locate') return reply(response, 200, located(url.searchParams.get('text') ?? ''))
  if (route === 'GET /api/customers') return reply(response, 200, { items: found(url.searchParams.get('q') ?? '', amount), next: null })
  if (route === 'POST /api/customers/region') return reply(response, 200, { ...pop('known', amount, '').region, region: given.county, source: 'agent', confidence: 'medium' })
  if (url.pathname.includes('/addresses')) return reply(response, 200, { ...customer(amount).addresses[0], ...given })
  reply(response, 200, customer(amount))
}

export const mockServer = (): Plugin => ({
  name: 'springline-mock',
  configureServer(server) {
    const mock = new Mock()
    server.middlewares.use((request, response, next) => void serve(mock, request, response, next))
  },
})
