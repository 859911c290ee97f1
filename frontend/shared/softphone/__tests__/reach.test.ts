import { describe, expect, it } from 'vitest'

import { Reach } from '../reach'

describe('the reach of a connection', () => {
  it('is gone when nothing comes for two looks and questions stay unanswered', () => {
    const reach = new Reach()
    expect(reach.look({ packetsReceived: 50, requestsSent: 3, responsesReceived: 3 })).toBe(true)
    expect(reach.look({ packetsReceived: 50, requestsSent: 4, responsesReceived: 3 })).toBe(true)
    expect(reach.look({ packetsReceived: 50, requestsSent: 5, responsesReceived: 3 })).toBe(false)
    expect(reach.look({ packetsReceived: 51, requestsSent: 6, responsesReceived: 3 })).toBe(true)
  })

  it('stays while the other end answers, though nobody speaks there', () => {
    const reach = new Reach()
    for (let asked = 1; asked < 9; asked += 1) {
      expect(reach.look({ packetsReceived: 50, requestsSent: asked, responsesReceived: asked })).toBe(true)
    }
  })

  it('stays while nobody was asked', () => {
    const reach = new Reach()
    for (let look = 0; look < 5; look += 1) expect(reach.look({ packetsReceived: 50, requestsSent: 3 })).toBe(true)
  })
})
