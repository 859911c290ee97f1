import type { IncomingMessage, ServerResponse } from 'node:http'

import type { Plugin } from 'vite'

import type { LoadRow, Result, SentAction, Task } from '../src/api/types.ts'
import { goods, loads, name, settlement, tasks, type Amount } from './data.ts'

const AFTER = { accept: 'accepted', refuse: 'withdrawn', pick_up: 'picked_up', arrive: 'arrived', deliver: 'delivered', fail: 'failed' } as const

/** The server of `vite --mode mock`: one courier. `POST /mock {…}` moves the scene. */
class Mock {
  amount: Amount = 'typical'
  signedIn = true
  failing = false
  working = true
  tasks: Task[] = tasks('typical')
  loads: LoadRow[] = loads('typical')
  private done = new Map<string, Result>()
  private streams = new Set<ServerResponse>()

  scene(order: Partial<Pick<Mock, 'amount' | 'signedIn' | 'failing'>> & { withdraw?: number }): void {
    if (order.amount) {
      this.amount = order.amount
      this.tasks = tasks(order.amount)
      this.loads = loads(order.amount)
    }
    if (order.signedIn !== undefined) this.signedIn = order.signedIn
    if (order.failing !== undefined) this.failing = order.failing
    const taken = this.tasks.find((task) => task.id === order.withdraw)
    if (taken) Object.assign(taken, { state: 'withdrawn', withdrawn_words: '订单已取消', version: taken.version + 1 })
    this.news()
  }

  news(): void {
    for (const stream of this.streams) stream.write('event: changed\ndata: {}\n\n')
  }

  live(request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    response.write(': here\n\n')
    this.streams.add(response)
    request.on('close', () => this.streams.delete(response))
  }

  once(action: SentAction): Result {
    const former = this.done.get(action.key)
    if (former) return { ...former, status: former.status === 'done' ? 'repeated' : former.status }
    const task = this.tasks.find((one) => one.id === action.task_id) ?? null
    const open = task !== null && !['delivered', 'failed', 'withdrawn'].includes(task.state)
    if (task && open) {
      Object.assign(task, { state: AFTER[action.kind], version: task.version + 1 })
      if (['delivered', 'failed'].includes(task.state)) task.done_at = new Date().toISOString()
    }
    const message = '订单已取消，您的送达没有计入，站点会联系您'
    const result: Result = open ? { key: action.key, status: 'done', code: '', message: '', task } : { key: action.key, status: 'conflict', code: 'task_over', message, task }
    this.done.set(action.key, structuredClone(result))
    return result
  }

  load(told: LoadRow): [number, unknown] {
    const good = goods(this.amount).find((one) => one.sku === told.sku)
    const batch = good?.batches.find((one) => one.batch_no === told.batch_no)
    if (!good || !batch) return [422, { code: 'unknown_batch', message: `这种水没有批次 ${told.batch_no}，请对照桶口标签改正` }]
    const row = { ...told, name: good.name, unit: good.unit, stopped: batch.stopped, reason: batch.reason }
    if (!this.loads.some((one) => one.key === row.key)) this.loads = [...this.loads, row]
    return [200, row]
  }

  me() {
    const started_at = this.working ? new Date(Date.now() - 7_200_000).toISOString() : null
    return { id: 5, name: name(this.amount), station: { id: 1, name: '城南站', phone: '05643212345' }, shift: { started_at } }
  }

  session() {
    const user = { id: 9, username: 'courier01', name: name(this.amount), role: 'courier', language: 'zh-CN' }
    return { user, agent: null, softphone: null, server_time: new Date().toISOString(), version: '0.1.0' }
  }
}

const reply = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'Content-Type': 'application/json' })
  response.end(JSON.stringify(body))
}

async function body(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = ''
  for await (const piece of request) text += String(piece)
  return text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {}
}

async function serve(mock: Mock, request: IncomingMessage, response: ServerResponse, next: () => void): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://mock')
  const route = `${request.method} ${url.pathname}`
  if (!url.pathname.startsWith('/api/') && url.pathname !== '/mock') return next()
  const given = request.method === 'POST' ? await body(request) : {}
  if (route === 'POST /mock') return mock.scene(given), reply(response, 200, {})
  if (mock.failing) return reply(response, 500, { code: 'http_500', message: '' })
  if (route === 'POST /api/session') {
    if (given.password !== 'water') return reply(response, 401, { code: 'bad_credentials', message: '' })
    mock.signedIn = true
    return reply(response, 200, mock.session())
  }
  if (!mock.signedIn) return reply(response, 401, { code: 'not_signed_in_web', message: '' })
  if (route === 'GET /api/session') return reply(response, 200, mock.session())
  if (route === 'DELETE /api/session') return (mock.signedIn = false), reply(response, 200, { ok: true })
  const now = { server_now: new Date().toISOString() }
  if (route === 'GET /api/courier/live') return mock.live(request, response)
  if (route === 'GET /api/courier/me') return reply(response, 200, mock.me())
  if (route === 'POST /api/courier/shift') return (mock.working = given.on === true), reply(response, 200, mock.me())
  if (route === 'GET /api/courier/tasks') return reply(response, 200, { ...now, tasks: mock.tasks, loads: mock.loads, goods: goods(mock.amount) })
  if (route === 'POST /api/courier/loads') return reply(response, ...mock.load(given as unknown as LoadRow))
  if (route === 'POST /api/courier/loads/undo') return (mock.loads = mock.loads.filter((row) => row.key !== given.load)), reply(response, 200, { loads: mock.loads })
  if (route === 'POST /api/courier/sync') return reply(response, 200, { ...now, results: (given.actions as SentAction[]).map((action) => mock.once(action)) })
  if (route === 'POST /api/courier/photos') return reply(response, 200, { id: crypto.randomUUID() })
  if (url.pathname === '/api/courier/settlement') return reply(response, 200, settlement(mock.amount))
  reply(response, 404, { code: 'http_404', message: '' })
}

export const mockServer = (): Plugin => ({
  name: 'springline-courier-mock',
  configureServer(server) {
    const mock = new Mock()
    server.middlewares.use((request, response, next) => void serve(mock, request, response, next))
  },
})
