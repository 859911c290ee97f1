import { afterEach, describe, expect, it, vi } from 'vitest'

import { LiveStream } from '../stream'
import type { Notice } from '../types'

vi.stubGlobal('document', { cookie: '' })

/** A server that sends these pieces and then stays silent. */
function serving(...pieces: string[]): void {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => pieces.forEach((piece) => controller.enqueue(new TextEncoder().encode(piece))),
  })
  vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response(body))
}

describe('the live stream', () => {
  afterEach(() => vi.restoreAllMocks())

  it('passes notices on, also while control is away', async () => {
    serving(
      'event: offline\ndata: {"code":"control_away"}\n\n',
      'event: notice\ndata: {"kind":"order","id":"7","facts":{"customer_id":3,"state":"assigned"}}\n\n',
    )
    const heard: (Notice | null)[] = []
    const links: string[] = []
    const stream = new LiveStream('/api/live', {
      state: () => undefined, link: (link) => links.push(link), notice: (notice) => heard.push(notice), unauthorised: () => undefined,
    })
    stream.start()
    await vi.waitFor(() => expect(heard).toEqual([{ kind: 'order', id: '7', facts: { customer_id: 3, state: 'assigned' } }]))
    expect(links).toEqual(['connecting', 'away'])
    stream.stop()
  })

  it('is lost at once when the network is', async () => {
    const abort = (signal: AbortSignal) => new Promise<Response>((_done, fail) => signal.addEventListener('abort', () => fail(signal.reason)))
    vi.spyOn(globalThis, 'fetch').mockImplementation((_path, init) => abort(init?.signal as AbortSignal))
    const links: string[] = []
    const stream = new LiveStream('/api/live', {
      state: () => undefined, link: (link) => links.push(link), notice: () => undefined, unauthorised: () => undefined,
    })
    stream.start()
    stream.cut()
    await vi.waitFor(() => expect(links).toEqual(['connecting', 'lost']))
    stream.stop()
  })
})
