import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { api, ApiError } from '@shared/api/client'
import type { Ringing } from '@shared/api/types'
import { useRinging } from '../stores/ringing'

const answer = (more: Partial<Ringing> = {}): Ringing => ({ agent: '1003', verdict: 'paused', talking: false, ...more }) as Ringing
const was = { state: 'ready', legs: 0, dropped: true, later: false } as const

beforeEach(() => {
  setActivePinia(createPinia())
  vi.useFakeTimers()
})
afterEach(() => {
  useRinging().close()
  vi.useRealTimers()
  vi.restoreAllMocks()
})

async function shown(first: Partial<Ringing> = {}) {
  const look = vi.spyOn(api, 'ringing').mockResolvedValue(answer(first))
  const store = useRinging()
  store.show('1003')
  await vi.advanceTimersByTimeAsync(0)
  return { look, store }
}

it('looks again every two seconds while open, and no more when closed', async () => {
  const { look, store } = await shown()
  expect(store.found?.verdict).toBe('paused')
  look.mockResolvedValue(answer({ verdict: 'next_in_turn' }))
  await vi.advanceTimersByTimeAsync(2000)
  expect(store.found?.verdict).toBe('next_in_turn')
  store.close()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(look).toHaveBeenCalledTimes(2)
  expect(store.found).toBeNull()
})

it('keeps what it knows while nobody answers, says so, and goes on asking', async () => {
  const { look, store } = await shown()
  look.mockRejectedValueOnce(new ApiError(503, 'control_away', '电话系统没有回应'))
  await vi.advanceTimersByTimeAsync(2000)
  expect(store.trouble).not.toBe('')
  expect(store.found?.verdict).toBe('paused')
  await vi.advanceTimersByTimeAsync(2000)
  expect(store.trouble).toBe('')
})

it('an answer about somebody else, or after the end, changes nothing', async () => {
  let late: (found: Ringing) => void = () => {}
  vi.spyOn(api, 'ringing').mockImplementationOnce(() => new Promise((resolve) => (late = resolve)))
  const store = useRinging()
  store.show('1003')
  vi.spyOn(api, 'ringing').mockResolvedValue(answer({ agent: '1001' }))
  store.show('1001')
  await vi.advanceTimersByTimeAsync(0)
  late(answer())
  await vi.advanceTimersByTimeAsync(0)
  expect(store.found?.agent).toBe('1001')
})

it('resets only after a question, without ending anything', async () => {
  const { store, look } = await shown({ verdict: 'stuck', reset: true })
  const reset = vi.spyOn(api, 'resetAgent').mockResolvedValue(was)
  await store.reset()
  expect(reset).not.toHaveBeenCalled()
  await store.ask()
  expect(store.question).toBe('plain')
  look.mockResolvedValue(answer({ verdict: 'next_in_turn' }))
  await store.reset()
  expect(reset).toHaveBeenCalledWith('1003', false)
  expect([store.question, store.done?.state, store.found?.verdict]).toEqual([null, 'ready', 'next_in_turn'])
})

it('ends a conversation only when asked in these words, also when it began meanwhile', async () => {
  const { store, look } = await shown({ talking: false })
  const reset = vi.spyOn(api, 'resetAgent').mockRejectedValueOnce(new ApiError(409, 'in_conversation', '他正在通话'))
  await store.ask()
  look.mockResolvedValue(answer({ talking: true }))
  await store.reset()
  expect(store.question).toBe('ends')
  reset.mockResolvedValue(was)
  await store.reset()
  expect(reset.mock.calls).toEqual([['1003', false], ['1003', true]])
})

it('asks at once for the end of a conversation that is known', async () => {
  const { store } = await shown({ verdict: 'busy', talking: true })
  await store.ask()
  expect(store.question).toBe('ends')
})

it('takes a question back whose answer would mean something else by now', async () => {
  const { store, look } = await shown({ talking: false })
  await store.ask()
  look.mockResolvedValue(answer({ verdict: 'busy', talking: true }))
  await vi.advanceTimersByTimeAsync(2000)
  expect(store.question).toBeNull()
})
