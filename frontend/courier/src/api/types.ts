/** What the courier's part of the server speaks. Money in fen, times ISO 8601 in UTC. */
export type TaskState = 'offered' | 'accepted' | 'picked_up' | 'arrived' | 'delivered' | 'failed' | 'withdrawn'
export type PayBy = 'voucher' | 'cash' | 'wechat' | 'monthly'
/** Unknown is a value: nobody has asked the customer yet. */
export type Lift = 'yes' | 'no' | 'unknown'
export type FailCode = 'F1' | 'F2' | 'F3' | 'F4' | 'F5' | 'F6' | 'F7'

export interface Address {
  text: string
  building: string
  floor: number | null
  lift: Lift
  notes: string
  county_name: string
  town_name: string
  lat: number | null
  lng: number | null
}

export interface Line {
  id: number
  product_id: number
  name: string
  unit: string
  qty: number
  pay_by: PayBy
  /** How many of `qty` vouchers pay for; the rest is paid as `pay_by` says. */
  vouchers: number
  bucket_type_id: number | null
  bucket_name: string
}

export interface Task {
  id: number
  order_no: string
  state: TaskState
  version: number
  /** Place in the suggested round, from 1; 0 for a task that is over. */
  position: number
  promise_at: string | null
  window_from: string | null
  window_to: string | null
  assigned_at: string
  ack_deadline: string
  done_at: string | null
  urged: boolean
  customer_name: string
  phone_masked: string
  /** The whole number, while the task is open. */
  tel: string | null
  address: Address
  lines: Line[]
  cash_due_fen: number
  deposit_due_fen: number
  vouchers_due: number
  empties_expected: number
  note: string
  fail_code: string
  withdrawn_why: string
  withdrawn_words: string
}

export interface Tasks {
  server_now: string
  tasks: Task[]
}

export interface Me {
  id: number
  name: string
  station: { id: number; name: string; phone: string }
  shift: { started_at: string | null }
}

export interface Delivered {
  lines: { id: number; qty: number }[]
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

export type ResultStatus = 'done' | 'repeated' | 'conflict' | 'rejected'

export interface Result {
  key: string
  status: ResultStatus
  code: string
  message: string
  task: Task | null
}

export interface Handover {
  id: number
  declared_fen: number
  /** Null until somebody at the station confirmed. */
  counted_fen: number | null
  difference_fen: number
  state: 'declared' | 'confirmed'
  declared_at: string
  confirmed_by: string
  note: string
}

/** A day, Shanghai's. `to_hand_fen`: cash that is not handed over yet. */
export interface Settlement {
  day: string
  delivered: number
  failed: number
  open: number
  products: { name: string; qty: number }[]
  buckets: number
  empties: number
  vouchers: number
  cash_due_fen: number
  cash_fen: number
  wechat_fen: number
  commission_fen: number
  handed_fen: number
  to_hand_fen: number
  handovers: Handover[]
}
