import { afterEach, describe, expect, it, vi } from 'vitest'

import { ApiError } from '../api/client'
import { upload } from '../api/upload'

/** A line that answers as it is told. */
class Line {
  static last: Line
  upload: { onprogress?: (event: unknown) => void } = {}
  onload?: () => void
  onerror?: () => void
  status = 0
  response = ''
  heads: Record<string, string> = {}
  open = vi.fn()
  send = vi.fn()
  constructor() {
    Line.last = this
  }
  setRequestHeader(name: string, value: string): void {
    this.heads[name] = value
  }
  answer(status: number, body: unknown): void {
    Object.assign(this, { status, response: JSON.stringify(body) })
    this.onload?.()
  }
}

describe('an upload', () => {
  afterEach(() => vi.unstubAllGlobals())

  function begun() {
    vi.stubGlobal('XMLHttpRequest', Line)
    vi.stubGlobal('document', { cookie: 'csrftoken=t1' })
    const shares: number[] = []
    return { done: upload<{ id: string }>('/there', new FormData(), (share) => shares.push(share)), shares, line: Line.last }
  }

  it('says how much has left, and returns the answer', async () => {
    const { done, shares, line } = begun()
    line.upload.onprogress?.({ lengthComputable: true, loaded: 1, total: 4 })
    line.upload.onprogress?.({ lengthComputable: false, loaded: 2, total: 0 })
    line.upload.onprogress?.({ lengthComputable: true, loaded: 4, total: 4 })
    line.answer(200, { id: 'p1' })
    expect(await done).toEqual({ id: 'p1' })
    expect(shares).toEqual([0.25, 1])
    expect(line.heads['X-CSRFToken']).toBe('t1')
  })

  it('fails as every request does: refused with its code, or out of reach', async () => {
    const refused = begun()
    refused.line.answer(413, { code: 'photo_too_large', message: 'x' })
    await expect(refused.done).rejects.toMatchObject({ status: 413, code: 'photo_too_large' })
    const broken = begun()
    broken.line.onerror?.()
    await expect(broken.done).rejects.toEqual(new ApiError(0, 'unreachable', ''))
  })
})
