import { afterEach, describe, expect, it, vi } from 'vitest'

import { LiveStream, type LiveHandlers } from '../stream'
import type { Notice } from '../types'

// Headers are made of the page's cookie and language; there is no page here.
vi.mock('../../api/client', () => ({ headers: (more: Record<string, string>) => more }))

const SNAPSHOT = 'event: snapshot\nid: e/0\ndata: {"epoch":"e","seq":0,"at":"2026-11-25T01:00:00Z","rows":[]}\n\n'
const OFFLINE = 'event: offline\ndata: {"code":"control_away"}\n\n'
const notice = (kind: string, id: string, facts = {}) =>
  `event: notice\ndata: ${JSON.stringify({ kind, id, facts })}\n\n`

/** What the handlers hear of a stream that says `frames` and then stays open. */
async function heard(...frames: string[]): Promise<(Notice | null)[]> {
  const body = new ReadableStream<Uint8Array>({
    start: (out) => frames.forEach((frame) => out.enqueue(new TextEncoder().encode(frame))),
  })
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(body)))
  const notices: (Notice | null)[] = []
  const handlers: LiveHandlers = {
    state: () => undefined,
    link: () => undefined,
    notice: (told) => notices.push(told),
    unauthorised: () => undefined,
  }
  const stream = new LiveStream('/api/live', handlers)
  stream.start()
  await vi.waitFor(() => expect(notices.length).toBeGreaterThan(0))
  stream.stop()
  return notices
}

describe('notices', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('are told as they come', async () => {
    const facts = { state: 'delivered', customer_id: 7 }
    expect(await heard(SNAPSHOT, notice('order', '5', facts))).toEqual([{ kind: 'order', id: '5', facts }])
  })

  it('come while control is away: they are of the database', async () => {
    expect(await heard(OFFLINE, notice('customer', '3'))).toEqual([{ kind: 'customer', id: '3', facts: {} }])
  })

  it('say null when some were missed, so that everything is read again', async () => {
    expect(await heard(SNAPSHOT, notice('missed', ''))).toEqual([null])
  })
})
