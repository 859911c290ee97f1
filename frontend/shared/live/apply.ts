import type { AgentRow, CallRow, EngineRow, LiveEvent, LiveSnapshot, QueueRow, Row, TrunkRow } from './types'

/** Rows by kind and id. Never changed in place: `applyEvent` returns a new state. */
export interface LiveState {
  epoch: string
  seq: number
  at: string
  rows: ReadonlyMap<string, Row>
}

/** The event does not follow the state: fetch a new snapshot. There is no other way back. */
export class LiveGap extends Error {}

const key = (kind: string, id: string) => `${kind} ${id}`

// Servers leave out fields that stand at their default, so every row is completed on arrival.
function complete(row: Row): Row {
  switch (row.type) {
    case 'agent':
      return { ...({ reason: null, call_id: null, pause_after: null } as Partial<AgentRow>), ...row } as AgentRow
    case 'call':
      return {
        ...({ queue: null, queued_at: null, intent: null, region: null, agent: null, held: false } as Partial<CallRow>),
        ...row,
      } as CallRow
    case 'engine':
      return { ...({ id: 'engine', status: 'down', since: null } as Partial<EngineRow>), ...row } as EngineRow
    default:
      return row
  }
}

export function fromSnapshot(snapshot: LiveSnapshot): LiveState {
  const rows = new Map<string, Row>()
  for (const row of snapshot.rows.map(complete)) rows.set(key(row.type, row.id), row)
  return { epoch: snapshot.epoch, seq: snapshot.seq, at: snapshot.at, rows }
}

/** The state after one event. Throws LiveGap on another epoch or a gap in `seq`. */
export function applyEvent(state: LiveState, event: LiveEvent): LiveState {
  if (event.epoch !== state.epoch || event.seq !== state.seq + 1) {
    throw new LiveGap(`event ${event.epoch}/${event.seq} does not follow ${state.epoch}/${state.seq}`)
  }
  const rows = new Map(state.rows)
  const change = event.change
  if (change.type === 'removed') {
    rows.delete(key(change.kind, change.id))
  } else {
    const row = complete(change)
    rows.set(key(row.type, row.id), row)
  }
  return { ...state, seq: event.seq, rows }
}

function ofKind<R extends Row>(state: LiveState | null, kind: R['type']): R[] {
  if (!state) return []
  return [...state.rows.values()].filter((row): row is R => row.type === kind)
}

export const agentsOf = (state: LiveState | null) => ofKind<AgentRow>(state, 'agent')
export const callsOf = (state: LiveState | null) => ofKind<CallRow>(state, 'call')
export const queuesOf = (state: LiveState | null) => ofKind<QueueRow>(state, 'queue')
export const engineOf = (state: LiveState | null) => ofKind<EngineRow>(state, 'engine')[0] ?? null

/** A trunk whose carrier does not answer. */
export const deadTrunkOf = (state: LiveState | null) =>
  ofKind<TrunkRow>(state, 'trunk').find((row) => row.status === 'down') ?? null

/** Seconds of the present wait, or of that before the conversation. */
export function waitOf(call: CallRow, now: number): number {
  const end = call.phase === 'talking' ? Date.parse(call.since) : now
  return Math.max(0, (end - Date.parse(call.waiting_since ?? call.queued_at ?? call.since)) / 1000)
}

/** Waiting calls: those of `mine` (queue ids) first, the longest wait on top; whoever is back
 * in line after an agent stands before those who never had one. */
export function waitingCalls(state: LiveState | null, mine: readonly string[]): CallRow[] {
  const rank = (call: CallRow) => (call.queue !== null && mine.includes(call.queue) ? 0 : 1)
  const started = (call: CallRow) => Date.parse(call.queued_at ?? call.since)
  return callsOf(state)
    .filter((call) => call.phase === 'queued')
    .sort((a, b) => rank(a) - rank(b) || started(a) - started(b))
}
