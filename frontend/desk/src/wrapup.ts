import type { Code, WrapUp, WrapUpGuess } from '@shared/api/types'
import type { CallRow } from '@shared/live/types'

export const INTENTS = ['order', 'urge', 'aftersale', 'voucher', 'enterprise', 'complaint', 'enquiry', 'other'] as const
export const OUTCOMES = ['order_placed', 'solved', 'case_opened', 'call_back', 'none'] as const
export const LOST_REASONS = ['outside', 'price', 'too_slow', 'out_of_stock', 'enquiry', 'repeated', 'hung_up', 'other'] as const

/** What an agent is about to note of a call. `touched`: chosen by hand, so that no guess may change it. */
export interface Draft {
  call: CallRow | null
  callId: string
  code: string | null
  suggested: boolean
  touched: boolean
  note: string
  /** Only where the code names no intent itself. */
  intent: string
  outcome: string
  lostReason: string
  knowledge: string
  guess: WrapUpGuess | null
}

export const emptyDraft = (callId: string, more: Partial<Draft> = {}): Draft => ({
  call: null, callId, code: null, suggested: false, touched: false, note: '', intent: '', outcome: '', lostReason: '', knowledge: '', guess: null, ...more,
})

const isIntent = (value: string | null): value is string => (INTENTS as readonly string[]).includes(value ?? '')

/** The shipped codes are named as the intents are; one of the operator's own needs a word more. */
export const intentOf = (draft: Draft): string => (isIntent(draft.code) ? draft.code : draft.intent || draft.guess?.intent || 'other')
export const asksIntent = (draft: Draft): boolean => draft.code !== null && !isIntent(draft.code)

/** A call for water gave no order: why (N2). One that is called back is not lost yet. */
export const lostDue = (draft: Draft): boolean =>
  intentOf(draft) === 'order' && (draft.guess?.orders.length ?? 0) === 0 && draft.outcome !== 'call_back'

/** Words with either comma between them. */
export const splitTags = (text: string): string[] => text.split(/[,，;；]/).map((word) => word.trim()).filter(Boolean)

/** What is saved; null while something that must be chosen is not. */
export function noted(draft: Draft, ready: boolean): WrapUp | null {
  if (!draft.code || (lostDue(draft) && !draft.lostReason)) return null
  return {
    code: draft.code,
    note: draft.note.trim(),
    intent: intentOf(draft) as WrapUp['intent'],
    outcome: draft.outcome as WrapUp['outcome'],
    lost_reason: (lostDue(draft) ? draft.lostReason : '') as WrapUp['lost_reason'],
    knowledge: splitTags(draft.knowledge),
    ready,
  }
}

/** What the call itself tells fills in whatever the agent has not chosen by hand. */
export function heed(draft: Draft, guess: WrapUpGuess): void {
  draft.guess = guess
  if (!draft.touched && guess.code) Object.assign(draft, { code: guess.code, suggested: true })
  if (!draft.outcome) draft.outcome = guess.outcome ?? ''
}

// What the caller pressed tells most of what the call was about; the codes are business data, so each intent
// names words that may stand in a code or its name, best first.
const HINTS: Readonly<Record<string, readonly string[]>> = {
  order: ['order', '订水', '下单', '订单'],
  订水: ['order', '订水', '下单', '订单'],
  aftersale: ['aftersale', 'after_sale', '售后'],
  售后: ['aftersale', 'after_sale', '售后'],
  enterprise: ['enterprise', '企业', '团购'],
  企业团购: ['enterprise', '企业', '团购'],
  complaint: ['complaint', '投诉'],
  投诉建议: ['complaint', '投诉'],
}

/** The code to stand selected when wrap-up opens, or null: a wrong guess is worse than none. */
export function preselect(intent: string | null, codes: readonly Code[]): string | null {
  if (!intent) return null
  const exact = codes.find((code) => code.code === intent || code.name === intent)
  if (exact) return exact.code
  for (const hint of HINTS[intent.toLowerCase()] ?? []) {
    const found = codes.find((code) => code.code.toLowerCase() === hint || code.name.includes(hint))
    if (found) return found.code
  }
  return null
}
