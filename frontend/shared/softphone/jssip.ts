import { C, UA, WebSocketInterface } from 'jssip'
import type { IncomingRTCSessionEvent, UAConfiguration } from 'jssip/lib/UA'
import type { RTCSession } from 'jssip/lib/RTCSession'

import type { Line, LineAccess, LineHandlers } from './line'
import { problemOf } from './microphone'
import { watchReach } from './reach'

const REGISTER_EXPIRES = 60
// Host candidates come within milliseconds on a LAN; an unreachable interface must not delay the answer.
const GATHER_MS = 400
/** A connection that is whole answers a registration within this time. */
const PROOF_MS = 5_000
/** The close code of the server's socket: another browser of the agent has proved itself (sip_proxy.py). */
const ELSEWHERE = 4001
// A plain BYE would say that the agent hung up. By this one (temporary failure) the caller is taken care of.
const SOUND_LOST = 'Reason: Q.850;cause=41;text="sound lost"'

/** The real line: JsSIP over a WebSocket. Takes calls, makes none. */
export class JsSipLine implements Line {
  private access: LineAccess | null = null
  private ua: UA | null = null
  private socket: WebSocketInterface | null = null
  /** The last registration was refused and is being tried with another ticket. */
  private renewing = false
  private session: RTCSession | null = null

  constructor(private readonly handlers: LineHandlers) {}

  connect(access: LineAccess): void {
    this.disconnect()
    this.access = access
    void this.open(access)
  }

  private async open(access: LineAccess): Promise<void> {
    const password = await this.ticket(access)
    if (this.access !== access || this.ua) return
    if (password === null) this.handlers.refused('ticket')
    else this.begin(access, password)
  }

  private begin(access: LineAccess, password: string): void {
    const socket = (this.socket = new WebSocketInterface(access.url))
    const configuration: UAConfiguration = {
      sockets: [socket],
      uri: access.uri,
      authorization_user: access.username,
      password,
      register: true,
      register_expires: REGISTER_EXPIRES,
      session_timers: false,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 8,
      user_agent: 'Springline desk',
    }
    const ua = new UA(configuration)
    this.ua = ua
    const current = (handle: () => void) => () => {
      if (this.ua === ua) handle()
    }
    ua.on('connecting', current(this.handlers.connecting))
    ua.on('disconnected', (event: { code?: number }) => {
      if (this.ua !== ua) return
      if (event?.code === ELSEWHERE) this.handlers.elsewhere()
      else this.handlers.disconnected()
    })
    ua.on(
      'registered',
      current(() => {
        this.renewing = false
        this.handlers.registered()
      }),
    )
    ua.on('unregistered', current(() => this.handlers.refused('unregistered')))
    ua.on('registrationFailed', (event: { cause?: string }) => {
      // Failures of the connection itself are told by "disconnected".
      const cause = String(event.cause ?? '')
      if (this.ua !== ua || !ua.isConnected()) return
      // After minutes without a connection the ticket is too old: once, another one is asked for.
      if (this.renewing) this.handlers.refused(cause)
      else void this.renew(ua)
    })
    ua.on('newRTCSession', (event: IncomingRTCSessionEvent) => {
      if (this.ua === ua) this.take(event)
    })
    ua.start()
  }

  registerAgain(): void {
    if (this.ua) void this.renew(this.ua)
    else if (this.access) void this.open(this.access)
  }

  probe(): void {
    const { ua, socket } = this
    if (!ua?.isConnected() || !socket) return
    const heard = socket.ondata
    const listen = (data: unknown) => {
      window.clearTimeout(timer)
      socket.ondata = heard
      heard(data)
    }
    const timer = window.setTimeout(() => {
      // Connected anew meanwhile, it has other ears.
      if (socket.ondata !== listen || this.ua !== ua) return
      const gone = socket.ondisconnect
      socket.disconnect()
      gone(true)
    }, PROOF_MS)
    socket.ondata = listen as typeof heard
    ua.register()
  }

  private async renew(ua: UA): Promise<void> {
    if (!this.access) return
    this.renewing = true
    const password = await this.ticket(this.access)
    if (this.ua !== ua) return
    if (password === null) {
      this.handlers.refused('ticket')
    } else {
      ua.set('password', password)
      if (ua.isConnected()) ua.register()
    }
  }

  private async ticket(access: LineAccess): Promise<string | null> {
    try {
      return await access.ticket()
    } catch {
      return null
    }
  }

  disconnect(): void {
    const ua = this.ua
    this.access = null
    this.ua = null
    this.socket = null
    this.renewing = false
    this.session = null
    ua?.stop()
  }

  accept(microphone: MediaTrackConstraints): void {
    this.session?.answer({
      mediaConstraints: { audio: microphone, video: false },
      pcConfig: { iceServers: [], rtcpMuxPolicy: 'require' },
    })
  }

  reject(): void {
    // Decline: any other answer would say that the device, not the person, could not take the call.
    this.end({ status_code: 603 })
  }

  hangUp(): void {
    this.end({})
  }

  drop(): void {
    this.end({})
    this.session = null
  }

  hold(): void {
    this.session?.hold()
  }

  unhold(): void {
    this.session?.unhold()
  }

  mute(on: boolean): void {
    if (on) this.session?.mute({ audio: true })
    else this.session?.unmute({ audio: true })
  }

  dtmf(digit: string): void {
    this.session?.sendDTMF(digit, { duration: 160, interToneGap: 80, transportType: 'RFC2833' as never })
  }

  private end(options: { status_code?: number }): void {
    if (this.session && !this.session.isEnded()) this.session.terminate(options)
  }

  private take(event: IncomingRTCSessionEvent): void {
    const session = event.session
    if (session.direction !== 'incoming') return
    if (this.session && !this.session.isEnded()) {
      session.terminate({ status_code: 486, reason_phrase: 'Busy Here' })
      return
    }
    this.session = session
    this.listen(session)
    this.handlers.incoming(session.remote_identity.uri.user ?? '')
  }

  private listen(session: RTCSession): void {
    const mine = () => this.session === session
    const terminate = session.terminate.bind(session)
    session.terminate = (options) =>
      terminate(options?.cause === C.causes.RTP_TIMEOUT ? { ...options, extraHeaders: [SOUND_LOST] } : options)
    session.on('peerconnection', ({ peerconnection }: { peerconnection: RTCPeerConnection }) => {
      watchReach(peerconnection, (there) => mine() && this.handlers.reach(there))
      peerconnection.addEventListener('track', (track) => {
        const stream = track.streams[0] ?? new MediaStream([track.track])
        if (mine()) this.handlers.audio(stream)
      })
    })
    let gathering = 0
    session.on('icecandidate', ({ ready }: { ready: () => void }) => {
      if (gathering === 0) gathering = window.setTimeout(ready, GATHER_MS)
    })
    session.on('confirmed', () => mine() && this.handlers.accepted())
    session.on('getusermediafailed', (error: unknown) => mine() && this.handlers.answerFailed(problemOf(error)))
    session.on('failed', (end: { originator: string; cause: string }) => this.over(session, end))
    session.on('ended', (end: { originator: string; cause: string }) => this.over(session, end))
  }

  private over(session: RTCSession, end: { originator: string; cause: string }): void {
    if (this.session !== session) return
    this.session = null
    if (end.originator === 'remote') this.handlers.callerLeft()
    else this.handlers.ended(end.cause)
  }
}
