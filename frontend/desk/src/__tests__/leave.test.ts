import { describe, expect, it, vi } from 'vitest'

import { AGAIN_MS, changed, escaping } from '../leave'

vi.mock('@/notice', () => ({ warn: vi.fn() }))

describe('Esc in a form', () => {
  function form() {
    const at = { dirty: true, left: 0, now: 0 }
    const escape = escaping(() => at.dirty, () => (at.left += 1), () => at.now)
    return { at, escape }
  }

  it('leaves what nobody touched at once', () => {
    const { at, escape } = form()
    at.dirty = false
    escape()
    expect(at.left).toBe(1)
  })

  it('gives up what was entered only when it is pressed again, while the question stands there', () => {
    const { at, escape } = form()
    escape()
    expect(at.left).toBe(0)
    at.now = AGAIN_MS
    escape()
    expect(at.left).toBe(0)
    at.now += 1_000
    escape()
    expect(at.left).toBe(1)
  })

  it('knows whether something was entered', () => {
    const draft = { text: '', floor: null as number | null }
    const dirty = changed(() => draft)
    expect(dirty()).toBe(false)
    draft.floor = 5
    expect(dirty()).toBe(true)
  })
})
