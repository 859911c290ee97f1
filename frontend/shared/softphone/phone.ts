import { Backoff } from '../backoff'
import type { Line, LineAccess, LineFactory } from './line'
import { allows, inCall, transition, type PhoneEffect, type PhoneEvent, type PhoneState } from './machine'
import { checkMicrophone, MicrophoneError, VOICE, watchMicrophones, type MicrophoneProblem } from './microphone'
import { Place } from './place'

/** What a screen shows of the phone. */
export interface PhoneView {
  state: PhoneState
  /** When the state began, milliseconds of this computer's clock. */
  since: number
  muted: boolean
  /** From header of the call at hand, unverified; the live row says it better. */
  caller: string
  microphone: MicrophoneProblem | null
  /** What the registrar or the call said last, for the person who helps. */
  cause: string
  /** No sound of the call at hand reaches the engine or comes from it. */
  cutOff: boolean
  /** Attempts to connect since the last success. */
  attempts: number
}

export interface PhoneHandlers {
  view: (view: PhoneView) => void
  audio: (stream: MediaStream) => void
}

/** Joins the table, a line, the microphone and the place; the only owner of the softphone's state. */
export class Phone {
  private view: PhoneView = {
    state: 'unregistered',
    since: Date.now(),
    muted: false,
    caller: '',
    microphone: null,
    cause: '',
    cutOff: false,
    attempts: 0,
  }
  private access: LineAccess | null = null
  private readonly line: Line
  private readonly place = new Place('springline-softphone')
  private readonly backoff = new Backoff(4_000, 30_000)
  private timer = 0
  private steal = false
  private unwatch: (() => void) | null = null

  constructor(
    factory: LineFactory,
    private readonly handlers: PhoneHandlers,
  ) {
    this.line = factory({
      connecting: () => {
        this.patch({ attempts: this.view.attempts + 1 })
        this.tell('connecting')
      },
      registered: () => {
        this.backoff.reset()
        this.patch({ attempts: 0, cause: '' })
        this.tell('registered')
      },
      refused: (cause) => {
        this.patch({ cause })
        this.tell('refused')
      },
      disconnected: () => this.tell('disconnected'),
      // Who talks keeps the phone: the line comes back, and the other browser hears the same.
      elsewhere: () => this.tell('taken_elsewhere') || this.tell('disconnected'),
      reach: (there) => this.patch({ cutOff: !there }),
      incoming: (caller) => {
        this.patch({ caller, muted: false, cutOff: false })
        this.tell('incoming')
      },
      callerLeft: () => this.tell('caller_left'),
      accepted: () => this.tell('accepted'),
      answerFailed: (problem) => {
        this.patch({ microphone: problem })
        this.tell('answer_failed')
      },
      ended: (cause) => {
        this.patch({ cause })
        this.tell('ended')
      },
      audio: (stream) => handlers.audio(stream),
    })
  }

  start(access: LineAccess): void {
    this.access = access
    this.unwatch ??= watchMicrophones((present) => this.microphoneChanged(present))
    this.tell('start')
  }

  stop(): void {
    this.unwatch?.()
    this.unwatch = null
    this.tell('stop')
  }

  /** A person asks to try again: the microphone, the place or the registration. */
  retry(): void {
    this.steal = this.view.state === 'elsewhere'
    this.tell('retry')
  }

  /** The network is back after a while. */
  probe = (): void => this.line.probe()

  answer = (): boolean => this.tell('answer')
  hangUp = (): boolean => this.tell('hang_up')

  toggleHold(): boolean {
    return this.tell(this.view.state === 'held' ? 'unhold' : 'hold')
  }

  toggleMute(): boolean {
    if (this.view.state !== 'talking' && this.view.state !== 'held') return false
    this.line.mute(!this.view.muted)
    this.patch({ muted: !this.view.muted })
    return true
  }

  dtmf(digit: string): boolean {
    if (this.view.state !== 'talking') return false
    this.line.dtmf(digit)
    return true
  }

  /** The live floor knows of no such call any more: forget it. */
  settle(): boolean {
    return this.tell('stale')
  }

  get state(): PhoneState {
    return this.view.state
  }

  /** Moves by the table; an event without a cell is dropped and reported as false. */
  private tell(event: PhoneEvent): boolean {
    const from = this.view.state
    if (!allows(from, event)) return false
    const cell = transition(from, event)
    if (cell.to !== from) {
      const fresh: Partial<PhoneView> = { state: cell.to, since: Date.now() }
      if (inCall(from) && !inCall(cell.to)) Object.assign(fresh, { muted: false, caller: '', cutOff: false })
      this.patch(fresh)
    }
    for (const effect of cell.run) this.run(effect)
    return true
  }

  private run(effect: PhoneEffect): void {
    const effects: Record<PhoneEffect, () => void> = {
      prepare: () => void this.prepare(),
      connect: () => this.access && this.line.connect(this.access),
      register_again: () => this.line.registerAgain(),
      disconnect: () => this.disconnect(),
      release: () => this.place.leave(),
      accept_call: () => this.line.accept(VOICE),
      reject_call: () => this.line.reject(),
      end_call: () => this.line.hangUp(),
      drop_call: () => this.line.drop(),
      hold_call: () => this.line.hold(),
      unhold_call: () => this.line.unhold(),
      retry_later: () => this.retryLater(),
    }
    effects[effect]()
  }

  private async prepare(): Promise<void> {
    const steal = this.steal
    this.steal = false
    if (!(await this.place.take(steal, () => this.tell('taken_elsewhere')))) {
      this.tell('taken_elsewhere')
      return
    }
    try {
      await checkMicrophone()
      this.patch({ microphone: null })
      this.tell('prepared')
    } catch (error) {
      this.patch({ microphone: error instanceof MicrophoneError ? error.problem : 'unknown' })
      this.tell('microphone_failed')
    }
  }

  private microphoneChanged(present: boolean): void {
    if (!present && this.view.state === 'ready') {
      this.patch({ microphone: 'missing' })
      this.tell('microphone_failed')
    } else if (present && this.view.state === 'no_microphone' && this.view.microphone === 'missing') {
      this.tell('retry')
    }
  }

  private disconnect(): void {
    window.clearTimeout(this.timer)
    this.line.disconnect()
  }

  private retryLater(): void {
    window.clearTimeout(this.timer)
    this.timer = window.setTimeout(() => this.tell('retry'), this.backoff.next())
  }

  private patch(change: Partial<PhoneView>): void {
    this.view = { ...this.view, ...change }
    this.handlers.view(this.view)
  }
}
