/** The live protocol: a snapshot, and numbered events after it. */

export type AgentState = 'offline' | 'unreachable' | 'ready' | 'ringing' | 'talking' | 'wrap_up' | 'paused'
export type ConsultPhase = 'ringing' | 'asked' | 'joined'
/** A supervisor in a conversation: unheard, heard by the agent, heard by all. */
export type SuperviseWay = 'listen' | 'whisper' | 'barge'
export type MobileUse = 'off' | 'last' | 'only'
export type CallPhase = 'menu' | 'queued' | 'ringing' | 'talking' | 'message'

export interface AgentRow {
  type: 'agent'
  id: string
  name: string
  state: AgentState
  since: string
  queues: string[]
  device_online: boolean
  reason: string | null
  call_id: string | null
  pause_after: string | null
  /** Whether the agent's own mobile rings: not, as the last rung, or alone. */
  mobile?: MobileUse
  /** One is known. */
  has_mobile?: boolean
}

export interface CallRow {
  type: 'call'
  id: string
  phase: CallPhase
  since: string
  arrived_at: string
  caller: string | null
  caller_raw: string
  caller_quality: string
  hotline: string
  queue: string | null
  /** First entry into a line; what decides about its place. */
  queued_at: string | null
  /** Of the present wait, or of that before the conversation. */
  waiting_since?: string | null
  /** Seconds of former waits, before an agent who was lost or gave the caller away. */
  waited_before?: number
  intent: string | null
  region: string | null
  region_source?: string | null
  known?: boolean
  direction?: 'in' | 'out'
  agent: string | null
  held: boolean
  /** The colleague whom the agent asks. */
  consult?: string | null
  consult_phase?: ConsultPhase | null
  /** Supervisors in the conversation, by their agent id. */
  supervisors?: Record<string, SuperviseWay>
  /** When the agent had the caller warned of abuse. */
  warned_at?: string | null
  /** The agent talks by their own mobile. */
  mobile?: boolean
}

export interface QueueRow {
  type: 'queue'
  id: string
  name: string
}

export interface EngineRow {
  type: 'engine'
  id: string
  status: 'up' | 'down'
  since: string | null
}

export interface TrunkRow {
  type: 'trunk'
  id: string
  status: 'up' | 'down'
  since: string
}

export type Row = AgentRow | CallRow | QueueRow | EngineRow | TrunkRow

export interface Removed {
  type: 'removed'
  kind: string
  id: string
}

export interface LiveSnapshot {
  epoch: string
  seq: number
  at: string
  rows: Row[]
}

export interface LiveEvent {
  epoch: string
  seq: number
  change: Row | Removed
}

/** Something in the business changed: screens that show it read it again. `facts` are states, codes and ids. */
export interface Notice {
  kind: string
  id: string
  facts: Record<string, string | number | null>
}
