import type { Delivered, Line, Task } from '@courier/api/types'

/** The sheet of a delivery while it is filled in; money as a person types it. */
export interface Draft {
  /** The order that it is about, as `orderOf` tells it: another one needs another sheet. */
  order: string
  lines: Record<number, number>
  /** Batch numbers of the labels as typed, by line. */
  batches: Record<number, string>
  empties: Record<number, number>
  vouchers: number
  cash: string
  wechat: string
  note: string
}

export interface BucketKind {
  id: number
  name: string
}

const yuan = (fen: number): string => String(fen / 100)

/** Kinds of buckets that the task's lines come in. */
export function bucketKinds(task: Task): BucketKind[] {
  const kinds = new Map<number, string>()
  for (const { bucket_type_id: id, bucket_name: name } of task.lines) if (id) kinds.set(id, name)
  return [...kinds].map(([id, name]) => ({ id, name }))
}

/** What was ordered, for telling whether the station changed it. */
export const orderOf = (task: Task): string =>
  JSON.stringify([task.lines.map(({ id, qty }) => [id, qty]), task.vouchers_due, task.cash_due_fen, task.empties_expected])

/** As ordered, all money in cash, all empties of the first kind. */
export function draftOf(task: Task): Draft {
  return {
    order: orderOf(task),
    lines: Object.fromEntries(task.lines.map((line) => [line.id, line.qty])),
    batches: {},
    empties: Object.fromEntries(bucketKinds(task).map(({ id }, n) => [id, n === 0 ? task.empties_expected : 0])),
    vouchers: task.vouchers_due,
    cash: task.cash_due_fen ? yuan(task.cash_due_fen) : '',
    wechat: '',
    note: '',
  }
}

// Vouchers pay first, so what is missing is missing from the money.
const vouchersOf = (line: Line, qty: number): number => Math.min(line.vouchers, qty)

/** Vouchers due for what was really brought. */
export const vouchersDue = (task: Task, lines: Draft['lines']): number =>
  task.lines.reduce((sum, line) => sum + vouchersOf(line, lines[line.id] ?? 0), 0)

/** A number as labels have it: in capitals, without blanks. */
export const plainBatch = (typed: string): string => typed.replace(/\s+/g, '').toUpperCase().slice(0, 40)

/** What is wrong with a batch for a line: its sale is stopped, nobody knows it, or nothing. */
export function batchFault(line: Pick<Line, 'batches'>, typed: string): 'stopped' | 'unknown' | '' {
  const wanted = plainBatch(typed)
  if (!wanted) return ''
  const known = line.batches.find((batch) => plainBatch(batch.batch_no) === wanted)
  return known ? (known.stopped ? 'stopped' : '') : 'unknown'
}

export const brought = (draft: Draft): number => Object.values(draft.lines).reduce((sum, qty) => sum + qty, 0)
export const ordered = (task: Task): number => task.lines.reduce((sum, line) => sum + line.qty, 0)

/** What the server gets. `cash` and `wechat`: fen. */
export function payloadOf(draft: Draft, cash: number, wechat: number): Delivered {
  const entries = (amounts: Record<number, number>) => Object.entries(amounts).map(([id, qty]) => [Number(id), qty] as const)
  return {
    lines: entries(draft.lines).map(([id, qty]) => {
      const batch_no = plainBatch(draft.batches[id] ?? '')
      return batch_no && qty > 0 ? { id, qty, batch_no } : { id, qty }
    }),
    empties: entries(draft.empties).filter(([, qty]) => qty > 0).map(([bucket_type_id, qty]) => ({ bucket_type_id, qty })),
    cash_fen: cash,
    wechat_fen: wechat,
    vouchers: draft.vouchers,
    note: draft.note.trim(),
  }
}
