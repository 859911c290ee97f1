import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { ApiError, json } from '../client'

const MINUTE = 60_000

/** A network that swallows every request. */
function swallow(_path: string, { signal }: RequestInit): Promise<Response> {
  return new Promise((_, refuse) => signal?.addEventListener('abort', () => refuse(signal.reason as Error)))
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('document', { cookie: '' })
  vi.stubGlobal('fetch', swallow)
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('a request that nothing answers', () => {
  it('ends as one to a server that cannot be reached', async () => {
    const refused = expect(json('POST', '/api/agent/ready', {})).rejects.toEqual(new ApiError(0, 'unreachable', ''))
    await vi.advanceTimersByTimeAsync(MINUTE)
    await refused
  })

  it('waits for as long as a file takes', async () => {
    let over = false
    void json('POST', '/api/photos', new FormData()).catch(() => (over = true))
    await vi.advanceTimersByTimeAsync(MINUTE)
    expect(over).toBe(false)
  })

  it('is given up by who asked, and that is no failure of the server', async () => {
    const abort = new AbortController()
    const refused = expect(json('GET', '/api/orders', undefined, abort.signal)).rejects.not.toBeInstanceOf(ApiError)
    abort.abort()
    await refused
  })
})
