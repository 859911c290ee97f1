import { describe, expect, it } from 'vitest'

import type { WrapUpGuess } from '@shared/api/types'
import { asksIntent, emptyDraft, heed, intentOf, lostDue, noted } from '../wrapup'

const guess = (more: Partial<WrapUpGuess> = {}): WrapUpGuess => ({ code: 'order', intent: 'order', outcome: 'none', why: '', orders: [], lost_reason_due: true, ...more })

describe('what is noted of a call', () => {
  it('fills in what the call tells, and never what was chosen by hand', () => {
    const draft = emptyDraft('c1')
    heed(draft, guess({ code: 'complaint', intent: 'complaint', outcome: 'case_opened' }))
    expect([draft.code, draft.outcome, draft.suggested]).toEqual(['complaint', 'case_opened', true])
    const chosen = emptyDraft('c1', { code: 'urge', touched: true, outcome: 'solved' })
    heed(chosen, guess())
    expect([chosen.code, chosen.outcome]).toEqual(['urge', 'solved'])
  })

  it('asks why there was no order, and not when there is one or a call back', () => {
    const draft = emptyDraft('c1', { code: 'order' })
    expect(lostDue(draft)).toBe(true)
    expect(noted(draft, true)).toBeNull()
    expect(noted({ ...draft, lostReason: 'price' }, true)).toMatchObject({ intent: 'order', lost_reason: 'price', ready: true })
    expect(lostDue({ ...draft, outcome: 'call_back' })).toBe(false)
    expect(lostDue({ ...draft, guess: guess({ orders: [{ id: 1, no: 'D1' }] }) })).toBe(false)
    expect(noted({ ...draft, code: 'urge', lostReason: 'price' }, false)).toMatchObject({ intent: 'urge', lost_reason: '' })
  })

  it('takes the intent of a code that names one, and asks for it otherwise', () => {
    expect(asksIntent(emptyDraft('c1', { code: 'complaint' }))).toBe(false)
    const own = emptyDraft('c1', { code: 'bucket', guess: guess({ intent: 'aftersale' }) })
    expect(asksIntent(own)).toBe(true)
    expect(intentOf(own)).toBe('aftersale')
    expect(intentOf({ ...own, intent: 'voucher' })).toBe('voucher')
  })

  it('reads knowledge with either comma', () => {
    expect(noted(emptyDraft('c1', { code: 'urge', knowledge: '乡镇时效，水票绑定, ' }), false)?.knowledge).toEqual(['乡镇时效', '水票绑定'])
  })
})
