import type { Line, LineAccess, LineHandlers } from '@shared/softphone/line'

interface MockPhoneWindow extends Window {
  mockPhone?: { ring: () => void; leave: () => void; lose: () => void; back: () => void }
}

/** A line without SIP, for looking at screens only; `window.mockPhone` plays the other side. */
export class MockLine implements Line {
  constructor(private readonly handlers: LineHandlers) {
    ;(window as MockPhoneWindow).mockPhone = {
      ring: () => handlers.incoming('+8613800012345'),
      leave: () => handlers.callerLeft(),
      lose: () => handlers.disconnected(),
      back: () => handlers.registered(),
    }
  }

  connect(_access: LineAccess): void {
    setTimeout(() => this.handlers.registered(), 50)
  }
  registerAgain(): void {
    setTimeout(() => this.handlers.registered(), 50)
  }
  probe(): void {}
  disconnect(): void {}
  accept(): void {
    setTimeout(() => this.handlers.accepted(), 50)
  }
  reject(): void {
    setTimeout(() => this.handlers.ended('Rejected'), 10)
  }
  hangUp(): void {
    setTimeout(() => this.handlers.ended('Terminated'), 10)
  }
  drop(): void {}
  hold(): void {}
  unhold(): void {}
  mute(): void {}
  dtmf(): void {}
}
