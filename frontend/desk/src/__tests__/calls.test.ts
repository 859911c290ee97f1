import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { api } from '@shared/api/client'
import type { CallOut } from '@shared/api/types'

import { useCalls } from '../stores/calls'

function call(state: 'pending' | 'ready'): CallOut {
  return { id: 'c1', recording: { state, seconds: null, url: null } } as unknown as CallOut
}

describe('my last calls', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    setActivePinia(createPinia())
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  it('looks again until the recording is ready, and then no more', async () => {
    const asked = vi
      .spyOn(api, 'myCalls')
      .mockResolvedValueOnce({ items: [call('pending')], next: null })
      .mockResolvedValueOnce({ items: [call('pending')], next: null })
      .mockResolvedValue({ items: [call('ready')], next: null })
    const calls = useCalls()
    await calls.load()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(calls.items[0]?.recording?.state).toBe('ready')
    expect(asked).toHaveBeenCalledTimes(3)
  })

  it("shows everybody's on request, and then fetches nothing by itself: each look is audited", async () => {
    const mine = vi.spyOn(api, 'myCalls').mockResolvedValue({ items: [], next: null })
    const all = vi.spyOn(api, 'calls').mockResolvedValue({ items: [call('pending')], next: null })
    const calls = useCalls()
    await calls.showOf(true)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(all).toHaveBeenCalledTimes(1)
    expect(calls.items).toHaveLength(1)
    await calls.showOf(false)
    expect(mine).toHaveBeenCalledTimes(1)
    expect(calls.items).toHaveLength(0)
  })

  it('looks no more after sign-out', async () => {
    const asked = vi.spyOn(api, 'myCalls').mockResolvedValue({ items: [call('pending')], next: null })
    const calls = useCalls()
    await calls.load()
    calls.clear()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked).toHaveBeenCalledTimes(1)
  })
})
