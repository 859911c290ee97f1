import type { Settlement } from '@courier/api/types'
import type { Action } from './offline/types'

/** A day with what this phone has not sent yet; without it the cash in the pocket would not match. */
export function withWaiting(day: Settlement, actions: readonly Action[]): Settlement {
  const sum = { ...day }
  for (const action of actions) {
    if (action.kind === 'fail') {
      sum.failed += 1
      sum.open -= 1
    }
    if (action.kind === 'hand_over' && action.payload.day === day.day) {
      sum.handed_fen += action.payload.cash_fen
      sum.to_hand_fen -= action.payload.cash_fen
    }
    if (action.kind !== 'deliver') continue
    const { payload } = action
    sum.delivered += 1
    sum.open -= 1
    sum.buckets += payload.lines.reduce((all, line) => all + line.qty, 0)
    sum.empties += payload.empties.reduce((all, one) => all + one.qty, 0)
    sum.vouchers += payload.vouchers
    sum.cash_fen += payload.cash_fen
    sum.to_hand_fen += payload.cash_fen
    sum.wechat_fen += payload.wechat_fen
  }
  return { ...sum, open: Math.max(0, sum.open) }
}
