import { describe, expect, it } from 'vitest'

import { badgeOf } from '../stores/callbacks'

describe('the badge of the call-backs', () => {
  it('counts them and takes the colour of the worst', () => {
    expect(badgeOf([])).toBeNull()
    expect(badgeOf([{ escalation: 0 }])).toEqual({ text: '1', tone: 'brand' })
    expect(badgeOf([{ escalation: 0 }, { escalation: 1 }])?.tone).toBe('warn')
    expect(badgeOf([{ escalation: 2 }, { escalation: 1 }])).toEqual({ text: '2', tone: 'bad' })
  })
})
