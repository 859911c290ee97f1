import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { ApiError } from '@shared/api/client'
import { Loop, type Link } from '../loop'
import { StoreError } from '../types'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const settled = () => vi.advanceTimersByTimeAsync(0)

function running(round: () => Promise<void>) {
  const links: Link[] = []
  const loop = new Loop(round, (link) => links.push(link))
  loop.start()
  return { loop, links }
}

it('asks every 30 s while nothing happens, and at once when something does', async () => {
  const round = vi.fn(async () => undefined)
  const { loop } = running(round)
  await settled()
  expect(round).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(30_000)
  expect(round).toHaveBeenCalledTimes(2)
  loop.poke()
  await settled()
  expect(round).toHaveBeenCalledTimes(3)
  loop.stop()
  await vi.advanceTimersByTimeAsync(120_000)
  expect(round).toHaveBeenCalledTimes(3)
})

it('makes one round at a time, and another one for what came meanwhile', async () => {
  let finish = () => undefined as void
  const round = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)))
  const { loop } = running(round)
  loop.poke()
  loop.poke()
  expect(round).toHaveBeenCalledTimes(1)
  finish()
  await settled()
  expect(round).toHaveBeenCalledTimes(2)
  finish()
  await settled()
  expect(round).toHaveBeenCalledTimes(2)
})

it('waits longer and longer while there is no network, never more than 75 s, and hurries when it is back', async () => {
  const round = vi.fn(async () => Promise.reject(new ApiError(0, 'unreachable', '')))
  const { loop } = running(round)
  await vi.advanceTimersByTimeAsync(600_000)
  const tries = round.mock.calls.length
  expect(tries).toBeGreaterThan(8)
  expect(tries).toBeLessThan(25)
  loop.poke()
  await settled()
  expect(round).toHaveBeenCalledTimes(tries + 1)
})

it.each<[unknown, Link]>([
  [new ApiError(0, 'unreachable', ''), 'unreachable'],
  [new ApiError(401, 'not_signed_in', ''), 'expired'],
  [new ApiError(403, 'other_courier', ''), 'stranger'],
  [new ApiError(403, 'forbidden', ''), 'forbidden'],
  [new ApiError(503, 'busy', ''), 'trouble'],
  [new StoreError('full'), 'full'],
  [new StoreError('unavailable'), 'unavailable'],
  [new TypeError('surprise'), 'trouble'],
])('names what is wrong: %s is %s', async (error, link) => {
  const { links } = running(async () => Promise.reject(error))
  await settled()
  expect(links).toEqual([link])
})

it('is silent after the stop', async () => {
  let fail = () => undefined as void
  const { loop, links } = running(() => new Promise<void>((_, reject) => (fail = () => reject(new StoreError('unavailable')))))
  loop.stop()
  fail()
  await settled()
  expect(links).toEqual([])
})
