import { useI18n } from 'vue-i18n'

import { formatMoney } from '@shared/format/money'
import { formatExact, sameDay } from '@shared/format/time'
import type { FailCode, Task } from '@courier/api/types'
import type { Action } from '@courier/offline/types'

/** 11:20, in Asia/Shanghai. */
export const clockTime = (iso: string): string => formatExact(iso).slice(11, 16)

const DAY_MS = 86_400_000

/** The day of `iso` before a clock time: nothing for today, a word for tomorrow, else 11-30. `now`: milliseconds. */
export function dayBefore(iso: string, now: number, tomorrow: string): string {
  if (sameDay(iso, now)) return ''
  return `${sameDay(iso, now + DAY_MS) ? tomorrow : formatExact(iso).slice(5, 10)} `
}

/** The day of Asia/Shanghai at `now`, milliseconds: 2026-10-28. */
export const dayOf = (now: number): string => formatExact(new Date(now).toISOString()).slice(0, 10)

export const placeOf = (task: Task): string => [task.address.text, task.address.building].filter(Boolean).join(' ')

/** Below ten minutes a promise is in danger. */
const NEAR_MINUTES = 10

/** Facts as words of the courier's language. */
export function useWords() {
  const { t } = useI18n()

  /** `now`: milliseconds of the server. What was promised for another day says so. */
  function promise(task: Task, now: number): string {
    const { window_from: from, window_to: to, promise_at: by } = task
    const day = (iso: string): string => dayBefore(iso, now, t('task.tomorrow'))
    if (by) return t('task.by', { time: day(by) + clockTime(by) })
    if (from && to) return day(from) + t('task.window', { from: clockTime(from), to: clockTime(to) })
    return t('task.noTime')
  }

  /** What is left of the promised time at `now`, milliseconds of the server. */
  function left(task: Task, now: number): { text: string; tone: string } | null {
    const by = task.promise_at ?? task.window_to
    if (!by) return null
    const minutes = Math.ceil((Date.parse(by) - now) / 60_000)
    const far = Math.abs(minutes)
    const [key, n] = far >= 120 ? ['Hours', Math.floor(far / 60)] : ['', far]
    if (minutes < 0) return { text: t(`task.late${key}`, { n }), tone: 'tone-bad' }
    return { text: t(`task.left${key}`, { n }), tone: minutes < NEAR_MINUTES ? 'tone-warn' : 'tone-ok' }
  }

  function floor({ address }: Task): string {
    const height = address.floor === null ? t('task.floorUnknown') : t('task.floor', { n: address.floor })
    return `${height} · ${t(`task.lift_${address.lift}`)}`
  }

  const goods = (task: Task): string[] => task.lines.map(({ name, qty, unit }) => t('task.goods', { name, qty, unit }))

  const brought = (task: Task): string[] => task.lines.map(({ name, delivered, qty, unit }) => t('task.goods', { name, qty: delivered ?? qty, unit }))

  /** What is to be taken at the door, an entry each. */
  function dues(task: Task): string[] {
    const money = task.cash_due_fen
    const deposit = task.deposit_due_fen ? ` (${t('task.deposit', { money: formatMoney(task.deposit_due_fen) })})` : ''
    return [
      ...(task.vouchers_due ? [t('task.voucher', { n: task.vouchers_due })] : []),
      ...(money ? [t('task.cash', { money: formatMoney(money) }) + deposit] : []),
      ...(task.empties_expected ? [t('task.empties', { n: task.empties_expected })] : []),
      ...(!money && !task.vouchers_due ? [t(monthly(task) ? 'task.monthly' : 'task.nothing')] : []),
    ]
  }

  const monthly = (task: Task): boolean => task.lines.some((line) => line.pay_by === 'monthly')
  const failure = (code: string): string => t(`fail.${code as FailCode}`)

  function taken(action: Action & { kind: 'deliver' }): string {
    const { vouchers, cash_fen, wechat_fen, empties } = action.payload
    const back = empties.reduce((sum, one) => sum + one.qty, 0)
    const parts = [
      vouchers && t('deed.vouchers', { n: vouchers }),
      cash_fen && t('deed.cash', { money: formatMoney(cash_fen) }),
      wechat_fen && t('deed.wechat', { money: formatMoney(wechat_fen) }),
      back && t('deed.empties', { n: back }),
    ].filter(Boolean)
    return parts.map((what) => t('deed.with', { what })).join('')
  }

  const load = ({ name, unit, qty, batch_no }: { name: string; unit: string; qty: number; batch_no: string }) =>
    ({ goods: t('task.goods', { name, qty, unit }), no: batch_no })

  /** What was done, in one line; `task` as far as it is known. */
  function deed(action: Action, task: Task | null): string {
    if (action.kind === 'shift') return t(action.payload.on ? 'deed.shiftOn' : 'deed.shiftOff')
    if (action.kind === 'hand_over') return t('deed.hand_over', { money: formatMoney(action.payload.cash_fen) })
    if (action.kind === 'load') return t(`deed.${action.payload.move}`, load(action.payload))
    if (action.kind === 'undo_load') return t('deed.undo_load', { what: t(`deed.${action.payload.move}`, load(action.payload)) })
    if (action.kind === 'fail') return t('deed.fail', { why: failure(action.payload.code) })
    if (action.kind !== 'deliver') return t(`deed.${action.kind}`)
    const names = new Map(task?.lines.map((line) => [line.id, line.name]))
    const brought = action.payload.lines.map(({ id, qty }) => `${names.get(id) ?? ''} × ${qty}`.trim()).join(t('deed.with', { what: '' }))
    return t('deed.deliver', { goods: brought }) + taken(action)
  }

  return { promise, left, floor, goods, brought, dues, deed, failure }
}
