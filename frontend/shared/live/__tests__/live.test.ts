import { describe, expect, it } from 'vitest'

import { applyEvent, agentsOf, callsOf, fromSnapshot, LiveGap, waitingCalls, waitOf } from '../apply'
import { EventStreamParser } from '../sse'
import type { AgentRow, CallRow, LiveEvent, LiveSnapshot, Row } from '../types'

const agent = (id: string, state: AgentRow['state']): AgentRow => ({
  type: 'agent', id, name: id, state, since: '2026-10-28T01:00:00Z', queues: [], device_online: true, reason: null, call_id: null, pause_after: null,
})
const call = (id: string, queue: string, at: string): CallRow => ({
  type: 'call', id, phase: 'queued', since: at, arrived_at: at, caller: null, caller_raw: '', caller_quality: 'real', hotline: '400',
  queue, queued_at: at, intent: null, region: null, agent: null, held: false,
})
const snapshot = (seq: number, rows: Row[]): LiveSnapshot => ({ epoch: 'e1', seq, at: '2026-10-28T01:00:00Z', rows })

function random(seed: number): () => number {
  let x = seed
  return () => (x = (x * 1103515245 + 12345) % 2147483648) / 2147483648
}

describe('the live law', () => {
  it('snapshot + events in order == a fresh snapshot, for many histories', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const next = random(seed)
      const truth = new Map<string, Row>()
      let state = fromSnapshot(snapshot(0, []))
      for (let seq = 1; seq <= 60; seq += 1) {
        const id = String(Math.floor(next() * 6))
        const row: Row = next() < 0.5 ? agent(id, next() < 0.5 ? 'ready' : 'paused') : call(id, 'q', '2026-10-28T01:00:00Z')
        const gone = next() < 0.3
        const change: LiveEvent['change'] = gone ? { type: 'removed', kind: row.type, id } : row
        if (gone) truth.delete(`${row.type} ${id}`)
        else truth.set(`${row.type} ${id}`, row)
        state = applyEvent(state, { epoch: 'e1', seq, change })
        if (seq % 15 !== 0) continue
        expect(new Map(state.rows)).toEqual(new Map(fromSnapshot(snapshot(seq, [...truth.values()])).rows))
      }
      expect(state.seq).toBe(60)
    }
  })

  it('refuses a gap, a repetition and another epoch', () => {
    const state = fromSnapshot(snapshot(5, []))
    const change = agent('1', 'ready')
    for (const [epoch, seq] of [['e1', 7], ['e1', 5], ['e2', 6]] as const) {
      expect(() => applyEvent(state, { epoch, seq, change })).toThrow(LiveGap)
    }
    expect(agentsOf(applyEvent(state, { epoch: 'e1', seq: 6, change }))).toHaveLength(1)
  })

  it('changes no state in place and ignores the removal of what is not there', () => {
    const state = fromSnapshot(snapshot(1, [agent('1', 'ready')]))
    const after = applyEvent(state, { epoch: 'e1', seq: 2, change: { type: 'removed', kind: 'agent', id: '1' } })
    expect(agentsOf(state)).toHaveLength(1)
    expect(agentsOf(after)).toHaveLength(0)
    expect(applyEvent(after, { epoch: 'e1', seq: 3, change: { type: 'removed', kind: 'call', id: 'x' } }).seq).toBe(3)
  })

  it('keeps rows of one id but different kinds apart', () => {
    const state = fromSnapshot(snapshot(1, [agent('1', 'ready'), call('1', 'q', '2026-10-28T01:00:00Z')]))
    expect([agentsOf(state).length, callsOf(state).length]).toEqual([1, 1])
  })

  it('completes rows whose default fields were left out', () => {
    const bare = { type: 'agent', id: '1', name: 'a', state: 'ready', since: '', queues: [], device_online: true } as unknown as Row
    expect(agentsOf(fromSnapshot(snapshot(1, [bare])))[0]).toMatchObject({ reason: null, call_id: null, pause_after: null })
  })

  it('puts my queues first and the longest wait on top', () => {
    const state = fromSnapshot(
      snapshot(1, [
        call('a', 'other', '2026-10-28T01:00:00Z'),
        call('b', 'mine', '2026-10-28T01:00:09Z'),
        call('c', 'mine', '2026-10-28T01:00:03Z'),
      ]),
    )
    expect(waitingCalls(state, ['mine']).map((row) => row.id)).toEqual(['c', 'b', 'a'])
  })
})

describe('how long somebody waited', () => {
  const at = (second: number) => `2026-10-28T01:00:${String(second).padStart(2, '0')}Z`

  it('counts from the first entry, and anew after an agent', () => {
    expect(waitOf(call('a', 'q', at(5)), Date.parse(at(15)))).toBe(10)
    expect(waitOf({ ...call('a', 'q', at(5)), waiting_since: at(40) }, Date.parse(at(50)))).toBe(10)
  })

  it('stands still while they talk', () => {
    const talking: CallRow = { ...call('a', 'q', at(5)), phase: 'talking', since: at(12) }
    expect(waitOf(talking, Date.parse(at(55)))).toBe(7)
  })
})

describe('the event stream parser', () => {
  const text = ': hello\n\nevent: snapshot\nid: e1/1\ndata: {"a":\ndata: 1}\n\nevent: change\r\ndata: x\r\n\r\ndata: plain\n\n'
  const expected = [
    { event: 'snapshot', data: '{"a":\n1}' },
    { event: 'change', data: 'x' },
    { event: 'message', data: 'plain' },
  ]

  it.each([1, 2, 3, 7, 1000])('gives the same messages in pieces of %i', (size) => {
    const parser = new EventStreamParser()
    const got = []
    for (let at = 0; at < text.length; at += size) got.push(...parser.feed(text.slice(at, at + size)))
    expect(got).toEqual(expected)
  })

  it('keeps back what is not finished', () => {
    const parser = new EventStreamParser()
    expect(parser.feed('event: change\ndata: {"seq"')).toEqual([])
    expect(parser.feed(':1}\n\n')).toEqual([{ event: 'change', data: '{"seq":1}' }])
  })
})
