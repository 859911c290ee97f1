import { describe, expect, it } from 'vitest'

import { badgeOf, raised } from '../stores/callbacks'

describe('the badge of the call-backs', () => {
  it('counts them and takes the colour of the worst', () => {
    expect(badgeOf([])).toBeNull()
    expect(badgeOf([{ escalation: 0 }])).toEqual({ text: '1', tone: 'brand' })
    expect(badgeOf([{ escalation: 0 }, { escalation: 1 }])?.tone).toBe('warn')
    expect(badgeOf([{ escalation: 2 }, { escalation: 1 }])).toEqual({ text: '2', tone: 'bad' })
  })
})

describe('who is reminded', () => {
  it('hears of each step once, and nothing of what was late before', () => {
    const before = [{ id: 1, escalation: 0 }, { id: 2, escalation: 1 }, { id: 3, escalation: 2 }]
    const now = [{ id: 1, escalation: 1 }, { id: 2, escalation: 2 }, { id: 3, escalation: 2 }, { id: 4, escalation: 0 }]
    expect(raised(now, before).map((one) => one.id)).toEqual([1, 2])
    expect(raised(now, now)).toEqual([])
  })
})
