import type { Tone } from '@/words'

const TONES: Readonly<Record<string, Tone>> = {
  unassigned: 'warn',
  assigned: 'warn',
  accepted: 'brand',
  delivering: 'brand',
  delivered: 'ok',
  settled: 'ok',
  failed: 'bad',
  after_sales: 'bad',
}

/** The colour of an order's state: amber waits for a courier, red wants somebody to act. */
export const toneOf = (order: { state: string; overdue: boolean }): Tone => (order.overdue ? 'bad' : (TONES[order.state] ?? 'off'))

/** What can still be done by the desk; the server has the last word. */
const BEFORE = ['confirmed', 'unassigned', 'assigned', 'accepted']
export const isOpen = (state: string): boolean => [...BEFORE, 'delivering', 'failed'].includes(state)
export const isChangeable = (state: string): boolean => [...BEFORE, 'delivering'].includes(state)
