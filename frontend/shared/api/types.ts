/** The HTTP surface of the web process, as the screens use it. Times are ISO 8601 in UTC. */

export type Role = 'agent' | 'supervisor' | 'owner' | 'courier' | 'finance' | 'admin'
export type Language = 'zh-CN' | 'en'

export interface Named {
  id: string
  name: string
}

export interface SessionUser {
  id: number | string
  username: string
  name: string
  role: Role
  language: string
}

export interface SessionAgent extends Named {
  queues: Named[]
  device: string
}

export interface SoftphoneAccess {
  ws_path: string
  uri: string
  username: string
  password: string
}

export interface Session {
  user: SessionUser
  agent: SessionAgent | null
  softphone: SoftphoneAccess | null
  server_time: string
  version: string
}

export interface Code {
  code: string
  name: string
  key: string
}

export interface Codes {
  pause: Code[]
  wrap_up: Code[]
}

export type Outcome = 'handled' | 'abandoned_menu' | 'abandoned_queue' | 'unserved' | 'rejected' | 'lost'

export interface Recording {
  state: 'none' | 'pending' | 'ready' | 'missing'
  seconds: number | null
  url: string | null
  /** A call that was interrupted has several files; `url` takes `part` from 0. */
  parts?: number
}

export interface CallOut {
  id: string
  arrived_at: string
  answered_at: string | null
  connected_at: string | null
  ended_at: string | null
  caller: string | null
  caller_display: string
  caller_quality: string
  dialled: string
  hotline: string
  queue: Named | null
  intent: string | null
  region: string | null
  agent: Named | null
  outcome: Outcome | null
  wait_seconds: number | null
  talk_seconds: number | null
  hangup_by: string | null
  cause: number | null
  wrap_up: { code: string; name: string; note: string; at: string } | null
  recording: Recording | null
  is_test: boolean
}

export interface Step {
  at: string
  type: string
  data: Record<string, unknown>
  text: string
}

export interface CallDetail extends CallOut {
  steps: Step[]
}

export interface CallPage {
  items: CallOut[]
  next: string | null
}

/** A queue's own settings; `wrap_up` is seconds and may be absent in older servers. */
export interface QueueOut extends Named {
  wrap_up?: number
}
