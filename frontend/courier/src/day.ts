import type { Loaded, Settlement } from '@courier/api/types'
import type { Action } from './offline/types'

/** A day with what this phone has not sent yet; without it the cash in the pocket would not match. */
export function withWaiting(day: Settlement, actions: readonly Action[]): Settlement {
  // A day kept by an older version of this app knows no loads.
  const sum = { ...day, loaded: day.loaded ?? 0, returned: day.returned ?? 0, left: day.left ?? 0, unnoted: day.unnoted ?? 0 }
  for (const action of actions) {
    if (action.kind === 'fail') {
      sum.failed += 1
      sum.open -= 1
    }
    if (action.kind === 'hand_over' && action.payload.day === day.day) {
      sum.handed_fen += action.payload.cash_fen
      sum.to_hand_fen -= action.payload.cash_fen
    }
    if (action.kind === 'load') load(sum, action.payload, 1)
    if (action.kind === 'undo_load') load(sum, action.payload, -1)
    if (action.kind !== 'deliver') continue
    const { payload } = action
    sum.delivered += 1
    sum.open -= 1
    const brought = payload.lines.reduce((all, line) => all + line.qty, 0)
    sum.buckets += brought
    goes(sum, brought)
    sum.empties += payload.empties.reduce((all, one) => all + one.qty, 0)
    sum.vouchers += payload.vouchers
    sum.cash_fen += payload.cash_fen
    sum.to_hand_fen += payload.cash_fen
    sum.wechat_fen += payload.wechat_fen
  }
  return { ...sum, open: Math.max(0, sum.open) }
}

function load(sum: Settlement, { move, qty }: Loaded, by: 1 | -1): void {
  if (move === 'loaded') sum.loaded += qty * by
  else sum.returned += qty * by
  if ((move === 'loaded') === (by === 1)) comes(sum, qty)
  else goes(sum, qty)
}

function comes(sum: Settlement, qty: number): void {
  const known = Math.min(sum.unnoted, qty)
  sum.unnoted -= known
  sum.left += qty - known
}

function goes(sum: Settlement, qty: number): void {
  const there = Math.min(sum.left, qty)
  sum.left -= there
  sum.unnoted += qty - there
}
