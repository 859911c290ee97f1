/** What other rooms put into a pop, by name; a part that could not be read is not there. */

export interface VoucherPart {
  available: number
  reserved: number
  frozen: number
  owed: number
  buckets_owed: number
  open_cases: { id: number; code: string }[]
}

export interface CallPart {
  id: string
  at: string
  outcome: string
  intent: string | null
  agent: string | null
  talk_seconds: number | null
  /** Wrap-up code, "" without one. */
  code: string
  note: string
}

export interface ComplaintPart {
  open: { id: number; no: string; kind: string; level: number; due_at: string }[]
}

export interface LastOrder {
  id: number
  no: string
  /** F3's one line, in both languages. */
  text: string
  text_en: string
  at: string
}

export interface OpenOrder {
  id: number
  no: string
  state: string
  what: string
  courier: string
  promise_at: string | null
  overdue: boolean
  urges: number
}

export interface OrderPart {
  last: LastOrder | null
  open: OpenOrder[]
}

type Parts = Record<string, unknown>

export const vouchersOf = (parts: Parts) => (parts.vouchers ?? null) as VoucherPart | null
export const callsOf = (parts: Parts) => (parts.calls ?? []) as CallPart[]
export const complaintsOf = (parts: Parts) => (parts.complaints ?? null) as ComplaintPart | null
export const ordersOf = (parts: Parts) => (parts.orders ?? null) as OrderPart | null
