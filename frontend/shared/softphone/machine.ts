/**
 * The softphone as a table: state × event → next state and what to do. Nothing here knows SIP or a screen.
 * An event that has no cell is rejected, so a late or doubled signal can never move the phone.
 */

export const STATES = [
  'unregistered', // not wanted on the line: before sign-in, after sign-out
  'preparing', // asks the browser for the microphone and for the only place on this computer
  'no_microphone', // refused or absent: we do not register, so no caller rings a mute phone
  'elsewhere', // another window of this browser holds the phone
  'connecting', // first connection and registration
  'ready', // registered
  'ringing', // an incoming call
  'answering', // answered by the person, media not up yet
  'talking',
  'held', // the caller hears music
  'adrift', // in a call whose signalling is lost: the voices may go on
  'ending', // hung up by us, not confirmed yet
  'connection_lost', // waits before it tries again
  'reconnecting', // tries again
  'refused', // reached, but the engine refuses the registration
] as const

export const EVENTS = [
  'start',
  'stop',
  'prepared',
  'microphone_failed',
  'taken_elsewhere',
  'registered',
  'refused',
  'disconnected',
  'connecting',
  'retry',
  'incoming',
  'caller_left',
  'answer',
  'accepted',
  'answer_failed',
  'hold',
  'unhold',
  'hang_up',
  'ended',
  'stale', // the live floor says that this call is over, though no signal came
] as const

export const EFFECTS = [
  'prepare', // microphone and place
  'connect', // open the connection and register
  'register_again',
  'disconnect', // unregister and close
  'release', // give the place back
  'accept_call',
  'reject_call',
  'end_call',
  'drop_call', // forget the call locally; nobody can be told
  'hold_call',
  'unhold_call',
  'retry_later',
] as const

export type PhoneState = (typeof STATES)[number]
export type PhoneEvent = (typeof EVENTS)[number]
export type PhoneEffect = (typeof EFFECTS)[number]

export interface Cell {
  readonly to: PhoneState
  readonly run: readonly PhoneEffect[]
}

const go = (to: PhoneState, ...run: PhoneEffect[]): Cell => ({ to, run })

const away = go('elsewhere', 'disconnect')

export const TABLE: Readonly<Record<PhoneState, Readonly<Partial<Record<PhoneEvent, Cell>>>>> = {
  unregistered: { start: go('preparing', 'prepare') },
  preparing: {
    prepared: go('connecting', 'connect'),
    microphone_failed: go('no_microphone', 'release'),
    taken_elsewhere: go('elsewhere'),
    stop: go('unregistered', 'release'),
  },
  no_microphone: { retry: go('preparing', 'prepare'), stop: go('unregistered', 'release') },
  elsewhere: { retry: go('preparing', 'prepare'), stop: go('unregistered', 'release') },
  connecting: {
    registered: go('ready'),
    refused: go('refused', 'retry_later'),
    disconnected: go('connection_lost'),
    taken_elsewhere: away,
    stop: go('unregistered', 'disconnect', 'release'),
  },
  ready: {
    incoming: go('ringing'),
    registered: go('ready'),
    refused: go('refused', 'retry_later'),
    disconnected: go('connection_lost'),
    microphone_failed: go('no_microphone', 'disconnect', 'release'),
    taken_elsewhere: away,
    stop: go('unregistered', 'disconnect', 'release'),
  },
  ringing: {
    answer: go('answering', 'accept_call'),
    hang_up: go('ending', 'reject_call'),
    caller_left: go('ready'),
    ended: go('ready'),
    registered: go('ringing'),
    disconnected: go('connection_lost', 'drop_call'),
    taken_elsewhere: go('elsewhere', 'reject_call', 'disconnect'),
    stop: go('unregistered', 'reject_call', 'disconnect', 'release'),
  },
  answering: {
    accepted: go('talking'),
    answer_failed: go('no_microphone', 'reject_call', 'disconnect', 'release'),
    hang_up: go('ending', 'end_call'),
    caller_left: go('ready'),
    ended: go('ready'),
    registered: go('answering'),
    disconnected: go('connection_lost', 'drop_call'),
    stop: go('unregistered', 'end_call', 'disconnect', 'release'),
  },
  talking: {
    hold: go('held', 'hold_call'),
    hang_up: go('ending', 'end_call'),
    caller_left: go('ready'),
    ended: go('ready'),
    stale: go('ready', 'drop_call'),
    registered: go('talking'),
    disconnected: go('adrift'),
    stop: go('unregistered', 'end_call', 'disconnect', 'release'),
  },
  held: {
    unhold: go('talking', 'unhold_call'),
    hang_up: go('ending', 'end_call'),
    caller_left: go('ready'),
    ended: go('ready'),
    stale: go('ready', 'drop_call'),
    registered: go('held'),
    disconnected: go('adrift'),
    stop: go('unregistered', 'end_call', 'disconnect', 'release'),
  },
  adrift: {
    registered: go('talking'),
    hang_up: go('connection_lost', 'drop_call'),
    caller_left: go('connection_lost'),
    ended: go('connection_lost'),
    stale: go('connection_lost', 'drop_call'),
    connecting: go('adrift'),
    disconnected: go('adrift'),
    stop: go('unregistered', 'drop_call', 'disconnect', 'release'),
  },
  ending: {
    ended: go('ready'),
    caller_left: go('ready'),
    registered: go('ending'),
    disconnected: go('connection_lost', 'drop_call'),
    stop: go('unregistered', 'disconnect', 'release'),
  },
  connection_lost: {
    connecting: go('reconnecting'),
    registered: go('ready'),
    retry: go('reconnecting', 'register_again'),
    disconnected: go('connection_lost'),
    taken_elsewhere: away,
    stop: go('unregistered', 'disconnect', 'release'),
  },
  reconnecting: {
    registered: go('ready'),
    connecting: go('reconnecting'),
    refused: go('refused', 'retry_later'),
    disconnected: go('connection_lost'),
    taken_elsewhere: away,
    stop: go('unregistered', 'disconnect', 'release'),
  },
  refused: {
    retry: go('reconnecting', 'register_again'),
    registered: go('ready'),
    refused: go('refused', 'retry_later'),
    disconnected: go('connection_lost'),
    connecting: go('reconnecting'),
    taken_elsewhere: away,
    stop: go('unregistered', 'disconnect', 'release'),
  },
}

export class IllegalTransition extends Error {
  constructor(
    readonly state: PhoneState,
    readonly event: PhoneEvent,
  ) {
    super(`softphone: ${event} means nothing in ${state}`)
  }
}

/** The cell of the table. Throws IllegalTransition where there is none. */
export function transition(state: PhoneState, event: PhoneEvent): Cell {
  const cell = TABLE[state][event]
  if (!cell) throw new IllegalTransition(state, event)
  return cell
}

export const allows = (state: PhoneState, event: PhoneEvent): boolean => TABLE[state][event] !== undefined

const IN_CALL: readonly PhoneState[] = ['ringing', 'answering', 'talking', 'held', 'adrift', 'ending']
const IN_CONVERSATION: readonly PhoneState[] = ['answering', 'talking', 'held', 'adrift']

export const inCall = (state: PhoneState): boolean => IN_CALL.includes(state)
export const inConversation = (state: PhoneState): boolean => IN_CONVERSATION.includes(state)
