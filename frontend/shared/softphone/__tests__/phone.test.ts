import { beforeEach, describe, expect, it, vi } from 'vitest'

import type { Line, LineHandlers } from '../line'
import { Phone, type PhoneView } from '../phone'

class ScriptedLine implements Line {
  readonly calls: string[] = []
  constructor(readonly tell: LineHandlers) {}
  connect = () => void this.calls.push('connect')
  registerAgain = () => void this.calls.push('register')
  probe = () => void this.calls.push('probe')
  disconnect = () => void this.calls.push('disconnect')
  accept = () => void this.calls.push('accept')
  reject = () => void this.calls.push('reject')
  hangUp = () => void this.calls.push('hangUp')
  drop = () => void this.calls.push('drop')
  hold = () => void this.calls.push('hold')
  unhold = () => void this.calls.push('unhold')
  mute = (on: boolean) => void this.calls.push(`mute ${on}`)
  dtmf = (digit: string) => void this.calls.push(`dtmf ${digit}`)
}

const ACCESS = { url: 'ws://x/sip', uri: 'sip:agent-1@springline', username: 'agent-1', ticket: () => Promise.resolve('p') }

let line: ScriptedLine
let view: PhoneView
let phone: Phone
let microphone: () => Promise<unknown>

beforeEach(() => {
  microphone = () => Promise.resolve({ getTracks: () => [] })
  vi.stubGlobal('window', { isSecureContext: true, setTimeout, clearTimeout })
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia: () => microphone() } })
  phone = new Phone((handlers) => (line = new ScriptedLine(handlers)), { view: (next) => (view = next), audio: () => undefined })
})

async function registered(): Promise<void> {
  phone.start(ACCESS)
  await vi.waitFor(() => expect(line.calls).toContain('connect'))
  line.tell.registered()
}

describe('the phone', () => {
  it('registers only after the microphone was granted', async () => {
    await registered()
    expect(view.state).toBe('ready')
  })

  it('says why there is no microphone, stays unregistered, and tries again when asked', async () => {
    microphone = () => Promise.reject(new DOMException('no', 'NotAllowedError'))
    phone.start(ACCESS)
    await vi.waitFor(() => expect(view.state).toBe('no_microphone'))
    expect(view.microphone).toBe('denied')
    expect(line.calls).not.toContain('connect')
    microphone = () => Promise.resolve({ getTracks: () => [] })
    phone.retry()
    await vi.waitFor(() => expect(line.calls).toContain('connect'))
  })

  it('names an insecure address as the cause', async () => {
    vi.stubGlobal('window', { isSecureContext: false, setTimeout, clearTimeout })
    phone.start(ACCESS)
    await vi.waitFor(() => expect(view.microphone).toBe('insecure'))
  })

  it('is elsewhere when another browser of the agent has proved itself, and comes back when asked', async () => {
    await registered()
    line.tell.elsewhere()
    expect(view.state).toBe('elsewhere')
    expect(line.calls).toEqual(['connect', 'disconnect'])
    phone.retry()
    await vi.waitFor(() => expect(line.calls).toEqual(['connect', 'disconnect', 'connect']))
  })

  it('keeps a conversation when another browser wants the phone', async () => {
    await registered()
    line.tell.incoming('1')
    phone.answer()
    line.tell.accepted()
    line.tell.elsewhere()
    expect(view.state).toBe('adrift')
    line.tell.registered()
    expect(view.state).toBe('talking')
  })

  it('says at once when the sound is cut off, and forgets it with the call', async () => {
    await registered()
    line.tell.incoming('1')
    phone.answer()
    line.tell.accepted()
    line.tell.reach(false)
    expect(view).toMatchObject({ state: 'talking', cutOff: true })
    line.tell.reach(true)
    expect(view.cutOff).toBe(false)
    line.tell.reach(false)
    line.tell.ended('RTP Timeout')
    expect(view).toMatchObject({ state: 'ready', cutOff: false })
  })

  it('takes a call from ring to hang-up', async () => {
    await registered()
    line.tell.incoming('+8613800012345')
    expect(view).toMatchObject({ state: 'ringing', caller: '+8613800012345' })
    phone.answer()
    line.tell.accepted()
    expect(phone.toggleMute()).toBe(true)
    expect(view.muted).toBe(true)
    phone.toggleHold()
    expect(view.state).toBe('held')
    phone.toggleHold()
    expect(phone.dtmf('5')).toBe(true)
    phone.hangUp()
    line.tell.ended('Terminated')
    expect(view).toMatchObject({ state: 'ready', muted: false, caller: '' })
    expect(line.calls).toEqual(['connect', 'accept', 'mute true', 'hold', 'unhold', 'dtmf 5', 'hangUp'])
  })

  it('does nothing with keys that come too late', async () => {
    await registered()
    expect([phone.answer(), phone.hangUp(), phone.toggleMute(), phone.toggleHold(), phone.dtmf('1')]).toEqual(Array(5).fill(false))
    expect(line.calls).toEqual(['connect'])
  })

  it('keeps the conversation through a lost line and forgets it when the live floor says so', async () => {
    await registered()
    line.tell.incoming('x')
    phone.answer()
    line.tell.accepted()
    line.tell.disconnected()
    expect(view.state).toBe('adrift')
    line.tell.connecting()
    line.tell.registered()
    expect(view.state).toBe('talking')
    expect(phone.settle()).toBe(true)
    expect(view.state).toBe('ready')
    expect(line.calls.at(-1)).toBe('drop')
  })

  it('counts attempts while it reconnects and asks again after a refusal', async () => {
    vi.useFakeTimers()
    vi.stubGlobal('window', { isSecureContext: true, setTimeout, clearTimeout })
    try {
      phone.start(ACCESS)
      await vi.waitFor(() => expect(line.calls).toContain('connect'))
      line.tell.registered()
      line.tell.disconnected()
      line.tell.connecting()
      line.tell.disconnected()
      line.tell.connecting()
      expect(view).toMatchObject({ state: 'reconnecting', attempts: 2 })
      line.tell.refused('Forbidden')
      expect(view).toMatchObject({ state: 'refused', cause: 'Forbidden' })
      vi.advanceTimersByTime(6_000)
      expect(line.calls.at(-1)).toBe('register')
    } finally {
      vi.useRealTimers()
    }
  })
})
