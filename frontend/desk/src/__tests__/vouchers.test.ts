import { describe, expect, it } from 'vitest'

import { failures, voucherPanel } from '../../dev/aftersale'
import zh from '../i18n/zh-CN'
import { ACTIONS, actionOf, first, lotsFor } from '../vouchers/actions'

const panel = voucherPanel('full', 'T02', 30)
const of = panel.cases[0]!

describe('the guided fixes', () => {
  it('have an action and words for every remedy of T01 to T12', () => {
    expect(failures.map((one) => one.code)).toHaveLength(12)
    for (const remedy of failures.flatMap((one) => one.remedies)) {
      expect(actionOf(remedy), remedy).toBeDefined()
      expect(zh.vouchers.actions).toHaveProperty(remedy)
    }
  })

  it('name every action once', () => {
    expect(new Set(ACTIONS.map((one) => one.id)).size).toBe(ACTIONS.length)
    for (const { id } of ACTIONS) expect(zh.vouchers.actions).toHaveProperty(id)
  })

  it('are filled in with what failed', () => {
    const values = first(actionOf('convert')!, panel, of, '2027-05-27')
    expect([values.sku, values.qty, values.lot]).toEqual(['MINERAL-18.9', 2, 1])
    expect(first(actionOf('switch_product')!, panel, of, '').sku).toBe('SPRING-18.9')
    expect(first(actionOf('extend')!, panel, of, '2027-05-27')).toMatchObject({ lot: 3, until: '2027-05-27' })
  })

  it('offer only lots they can be about', () => {
    expect(lotsFor('unfreeze', panel).map((lot) => lot.id)).toEqual([2])
    expect(lotsFor('convert', panel, 'SPRING-18.9')).toEqual([])
    expect(lotsFor('extend', panel)[0]?.expired).toBe(true)
  })
})
