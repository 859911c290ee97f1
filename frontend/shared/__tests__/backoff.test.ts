import { expect, it } from 'vitest'

import { Backoff } from '../backoff'

it('doubles up to the most, with jitter around the step, and starts anew after a reset', () => {
  const middle = new Backoff(500, 4000, () => 0.5)
  expect([1, 2, 3, 4, 5].map(() => middle.next())).toEqual([500, 1000, 2000, 4000, 4000])
  middle.reset()
  expect(middle.next()).toBe(500)
  expect(new Backoff(1000, 4000, () => 0).next()).toBe(750)
  expect(new Backoff(1000, 4000, () => 1).next()).toBe(1250)
})
