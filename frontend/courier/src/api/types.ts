/** What the courier's part of the server speaks, by short names. Money in fen, times ISO 8601 in UTC. */
import type { components } from '@shared/api/schema'

type Schemas = components['schemas']

export type Task = Schemas['TaskOut']
export type TaskState = Task['state']
export type Address = Schemas['TaskAddressOut']
export type Line = Schemas['TaskLineOut']
export type Tasks = Schemas['TasksOut']
export type Me = Schemas['MeOut']
export type Result = Schemas['ResultOut']
export type Results = Schemas['SyncOut']
export type Batch = Schemas['CourierBatchOut']
export type Good = Schemas['LoadGoodOut']
export type LoadRow = Schemas['CourierLoadOut']
export type Settlement = Schemas['SettlementOut']
export type Handover = Schemas['HandoverOut']
export type FailCode = 'F1' | 'F2' | 'F3' | 'F4' | 'F5' | 'F6' | 'F7'

// The document leaves payloads open; their shapes are DeliverIn, FailIn and RefuseIn of the server.

export interface Delivered {
  lines: { id: number; qty: number; batch_no?: string }[]
  empties: { bucket_type_id: number; qty: number }[]
  cash_fen: number
  wechat_fen: number
  vouchers: number
  note: string
}

export interface Failed {
  code: FailCode
  note: string
}

/** Full buckets of a batch that go on the vehicle or come back. */
export interface Loaded {
  move: 'loaded' | 'returned'
  sku: string
  batch_no: string
  qty: number
}

export interface Payloads {
  accept: Record<string, never>
  refuse: { reason: string }
  pick_up: Record<string, never>
  arrive: Record<string, never>
  deliver: Delivered
  fail: Failed
}

export type TaskKind = keyof Payloads

export interface SentAction {
  key: string
  task_id: number
  kind: TaskKind
  at: string
  payload: Payloads[TaskKind] & { photo_ids?: string[] }
}
