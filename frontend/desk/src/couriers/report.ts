/** What a phone reported, read out of a payload of which nothing is certain. Pure. */
import type { CourierConflict, DeliverIn } from '@shared/api/types'

export interface Correction {
  /** Quantity that was left, by order line. */
  left: Record<number, number>
  /** Empties taken back, by bucket type. */
  empties: Record<number, number>
  vouchers: number | null
  cash_fen: number
  wechat_fen: number
}

const number = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.trunc(value) : 0)
const list = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter((row): row is Record<string, unknown> => typeof row === 'object' && row !== null) : []
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** What was reported, with the order's own quantities where nothing legible was. */
export function reported(of: CourierConflict): Correction {
  const lines = list(of.payload.lines)
  return {
    left: Object.fromEntries(of.lines.map((line) => {
      const told = lines.find((row) => row.id === line.id)
      return [line.id, told ? number(told.qty) : line.qty]
    })),
    empties: Object.fromEntries(bucketKinds(of).map(({ id }) => [id, number(list(of.payload.empties).find((row) => row.bucket_type_id === id)?.qty)])),
    vouchers: typeof of.payload.vouchers === 'number' ? number(of.payload.vouchers) : null,
    cash_fen: number(of.payload.cash_fen),
    wechat_fen: number(of.payload.wechat_fen),
  }
}

/** Bucket types of the order's lines, each once. */
export function bucketKinds(of: CourierConflict): { id: number; name: string }[] {
  const found = new Map<number, string>()
  for (const line of of.lines) if (line.bucket_type_id !== null) found.set(line.bucket_type_id, line.bucket_name)
  return [...found].map(([id, name]) => ({ id, name }))
}

/** The batch number that was reported for a line; empty when none. */
export const batchOf = (of: CourierConflict, line: number): string => text(list(of.payload.lines).find((row) => row.id === line)?.batch_no)

export const noteOf = (of: CourierConflict): string => text(of.payload.note) || text(of.payload.reason)

export const failCodeOf = (of: CourierConflict): string => text(of.payload.code)

/** A correction as the server takes it; batches, photos and the place stay as they were reported. */
export function toldOf(of: CourierConflict, made: Correction): DeliverIn {
  const photos = Array.isArray(of.payload.photo_ids) ? of.payload.photo_ids.filter((id): id is string => typeof id === 'string') : []
  return {
    lines: of.lines.map((line) => ({ id: line.id, qty: made.left[line.id] ?? 0, batch_no: batchOf(of, line.id) })),
    empties: Object.entries(made.empties).filter(([, qty]) => qty > 0).map(([id, qty]) => ({ bucket_type_id: Number(id), qty })),
    vouchers: made.vouchers,
    cash_fen: made.cash_fen,
    wechat_fen: made.wechat_fen,
    photo_ids: photos,
    note: noteOf(of),
  } as DeliverIn
}
