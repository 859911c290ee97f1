import { describe, expect, it } from 'vitest'

import type { Order } from '@shared/api/types'

import { differences, stepsSince } from '../order/differences'

const order = (more: Partial<Order>): Order =>
  ({ what: '18.9L 山泉水 ×2', address: { text: '迎驾大道 168 号', building: '3 栋' }, note: '', due_fen: 4000, state_name: '待派单', steps: [], ...more }) as Order

describe('an order that somebody else changed', () => {
  it('says what it says now and did not say before', () => {
    const now = order({ what: '18.9L 山泉水 ×4', due_fen: 8000 })
    expect(differences(order({}), now)).toEqual([
      { field: 'what', before: '18.9L 山泉水 ×2', now: '18.9L 山泉水 ×4' },
      { field: 'due', before: '¥40.00', now: '¥80.00' },
    ])
    expect(differences(now, now)).toEqual([])
  })

  it('says who did it', () => {
    const steps = [{ who: '坐席小安', event_name: '已下单' }, { who: '坐席小裕', event_name: '已修改' }] as Order['steps']
    expect(stepsSince(order({ steps: steps.slice(0, 1) }), order({ steps })).map((one) => one.who)).toEqual(['坐席小裕'])
  })
})
