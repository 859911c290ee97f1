import type { MicrophoneProblem } from './microphone'

/** What the phone needs of a SIP stack. `jssip.ts` is the real one. */

export interface LineAccess {
  /** ws:// or wss:// address of the signalling. */
  url: string
  uri: string
  username: string
  /** Asks for the password of the next registration; it is good for minutes and kept nowhere else. */
  ticket: () => Promise<string>
}

export interface LineHandlers {
  connecting: () => void
  registered: () => void
  /** The registrar answered, but not with yes. */
  refused: (cause: string) => void
  disconnected: () => void
  /** Another browser of the agent has the phone now. */
  elsewhere: () => void
  /** `caller` is the user part of the From header, unverified. */
  incoming: (caller: string) => void
  callerLeft: () => void
  accepted: () => void
  /** The microphone failed at the moment of answering. */
  answerFailed: (problem: MicrophoneProblem) => void
  ended: (cause: string) => void
  audio: (stream: MediaStream) => void
  /** Whether the engine can be reached with sound: a network that broke is known here first. */
  reach: (there: boolean) => void
}

export interface Line {
  connect(access: LineAccess): void
  registerAgain(): void
  /** The network was away: a connection that died of it without a word is opened anew. */
  probe(): void
  disconnect(): void
  accept(microphone: MediaTrackConstraints): void
  reject(): void
  hangUp(): void
  drop(): void
  hold(): void
  unhold(): void
  mute(on: boolean): void
  dtmf(digit: string): void
}

export type LineFactory = (handlers: LineHandlers) => Line
