import { describe, expect, it } from 'vitest'

import { allows, EFFECTS, EVENTS, IllegalTransition, inCall, inConversation, STATES, TABLE, transition } from '../machine'

describe('the softphone table', () => {
  it.each(STATES.flatMap((state) => EVENTS.map((event) => [state, event] as const)))('%s × %s', (state, event) => {
    const cell = TABLE[state][event]
    if (!cell) {
      expect(() => transition(state, event)).toThrow(IllegalTransition)
      expect(allows(state, event)).toBe(false)
      return
    }
    expect(transition(state, event)).toBe(cell)
    expect(STATES).toContain(cell.to)
    for (const effect of cell.run) expect(EFFECTS).toContain(effect)
  })

  it('lets a person stop everywhere but where nothing runs', () => {
    for (const state of STATES) {
      expect(allows(state, 'stop')).toBe(state !== 'unregistered')
      if (state !== 'unregistered') expect(transition(state, 'stop').to).toBe('unregistered')
    }
  })

  it('gives the place back whenever it stops', () => {
    for (const state of STATES) if (allows(state, 'stop')) expect(transition(state, 'stop').run).toContain('release')
  })

  it('reaches every state from the start', () => {
    const seen = new Set(['unregistered'])
    for (let grown = true; grown; ) {
      const before = seen.size
      for (const state of STATES.filter((s) => seen.has(s))) {
        for (const cell of Object.values(TABLE[state])) seen.add(cell.to)
      }
      grown = seen.size > before
    }
    expect([...seen].sort()).toEqual([...STATES].sort())
  })

  it('answers and hangs up only when a call is there', () => {
    for (const state of STATES) {
      expect(allows(state, 'answer')).toBe(state === 'ringing')
      expect(allows(state, 'hang_up')).toBe(inCall(state) && state !== 'ending')
    }
  })

  it('takes a second call in no state but ready', () => {
    for (const state of STATES) expect(allows(state, 'incoming')).toBe(state === 'ready')
  })

  it('never falls silent: losing the line shows wherever there was one', () => {
    for (const state of STATES) {
      if (!allows(state, 'disconnected')) continue
      const to = transition(state, 'disconnected').to
      expect(['connection_lost', 'adrift']).toContain(to)
      if (inConversation(state) && state !== 'answering') expect(to).toBe('adrift')
    }
  })

  it('keeps a conversation when the line comes back', () => {
    expect(transition('talking', 'disconnected').to).toBe('adrift')
    expect(transition('adrift', 'registered')).toEqual({ to: 'talking', run: [] })
  })
})
