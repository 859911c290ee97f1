import { describe, expect, it } from 'vitest'

import type { AgentRow, AgentState } from '@shared/live/types'
import { askable, freeIn, givable, matching } from '@/handover'

function agent(id: string, name: string, state: AgentState, more: Partial<AgentRow> = {}): AgentRow {
  return {
    type: 'agent', id, name, state, since: '2026-01-01T00:00:00Z', queues: ['city'], device_online: true,
    reason: null, call_id: null, pause_after: null, ...more,
  }
}

const rows = [
  agent('1004', '赵敏', 'offline'),
  agent('1002', '李雪', 'paused'),
  agent('1003', '王芳', 'ready', { queues: ['huoshan'] }),
  agent('1001', '陈静', 'talking'),
]

describe('whom a caller can be handed to', () => {
  it('lists who is here, the free ones first', () => {
    expect(matching(rows, '').map((row) => row.id)).toEqual(['1003', '1002', '1001'])
  })

  it('finds by a part of the name or the number', () => {
    expect(matching(rows, ' 王').map((row) => row.id)).toEqual(['1003'])
    expect(matching(rows, '1001').map((row) => row.name)).toEqual(['陈静'])
    expect(matching(rows, '赵')).toEqual([])
  })

  it('gives only to the free, and asks also who pauses', () => {
    expect(rows.filter(givable).map((row) => row.id)).toEqual(['1003'])
    expect(rows.filter(askable).map((row) => row.id)).toEqual(['1002', '1003'])
    expect(askable(agent('1005', '孙丽', 'paused', { device_online: false }))).toBe(false)
  })

  it('counts the free of a queue', () => {
    expect([freeIn(rows, 'huoshan'), freeIn(rows, 'city')]).toEqual([1, 0])
  })
})
