import { describe, expect, it } from 'vitest'

import { dayBefore } from '../words'

describe('the day of a promise', () => {
  // 22:14 of 2026-11-28 in Shanghai.
  const now = Date.parse('2026-11-28T14:14:00Z')

  it('is said when it is not today', () => {
    expect(dayBefore('2026-11-28T15:00:00Z', now, '明天')).toBe('')
    expect(dayBefore('2026-11-29T01:30:00Z', now, '明天')).toBe('明天 ')
    expect(dayBefore('2026-11-30T01:30:00Z', now, '明天')).toBe('11-30 ')
    expect(dayBefore('2026-11-27T01:30:00Z', now, '明天')).toBe('11-27 ')
  })
})
