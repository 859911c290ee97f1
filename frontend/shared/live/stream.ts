import { headers } from '../api/client'
import { Backoff } from '../backoff'
import { applyEvent, fromSnapshot, LiveGap, type LiveState } from './apply'
import { EventStreamParser, type ServerEvent } from './sse'
import type { LiveEvent, LiveSnapshot, Notice } from './types'

/**
 * connecting: no snapshot yet; live; away: control does not answer; lost: the server cannot be reached;
 * forbidden: this account may not watch calls.
 */
export type LiveLink = 'connecting' | 'live' | 'away' | 'lost' | 'forbidden'

export interface LiveHandlers {
  state: (state: LiveState) => void
  link: (link: LiveLink) => void
  /** null: notices may have been missed, so whatever is shown is to be read again. */
  notice: (notice: Notice | null) => void
  /** The session is over. */
  unauthorised: () => void
}

// The server sends a comment line every 10 s; two missed ones mean a dead connection.
const SILENCE_MS = 25_000
// Until the answer begins. After a break the browser tries its old connections one by one, and a router may have
// forgotten them all; a server that is slow gets a second more at each attempt.
const ANSWER_MS = 5_000
const ANSWER_MORE_MS = 1_000

/** Keeps one stream of `/api/live` open, with reconnection; a gap is mended by connecting again. */
export class LiveStream {
  private state: LiveState | null = null
  private abort: AbortController | null = null
  private stopped = true
  private wake: (() => void) | null = null
  private attempts = 0
  private readonly backoff = new Backoff(500, 10_000)

  constructor(
    private readonly path: string,
    private readonly handlers: LiveHandlers,
  ) {}

  start(): void {
    if (!this.stopped) return
    this.stopped = false
    this.handlers.link('connecting')
    void this.run()
  }

  stop(): void {
    this.stopped = true
    this.abort?.abort()
    this.wake?.()
  }

  /** Connect at once instead of at the end of the pause (the network is back, or a person asks). */
  hurry(): void {
    this.backoff.reset()
    this.wake?.()
  }

  /** The network is gone: what is open is dead, though nobody has told it. */
  cut(): void {
    this.abort?.abort()
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const outcome = await this.connectOnce()
      if (this.stopped) return
      if (outcome === 'unauthorised') {
        this.stopped = true
        this.handlers.unauthorised()
        return
      }
      if (outcome === 'forbidden') {
        this.stopped = true
        this.handlers.link('forbidden')
        return
      }
      if (outcome === 'lost') this.handlers.link('lost')
      await this.pause(this.backoff.next())
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  private async connectOnce(): Promise<'lost' | 'gap' | 'unauthorised' | 'forbidden'> {
    this.state = null
    const abort = new AbortController()
    this.abort = abort
    const patience = Math.min(SILENCE_MS, ANSWER_MS + ANSWER_MORE_MS * this.attempts)
    this.attempts += 1
    let watchdog = setTimeout(() => abort.abort(), patience)
    const alive = () => {
      clearTimeout(watchdog)
      watchdog = setTimeout(() => abort.abort(), SILENCE_MS)
    }
    try {
      const accept = headers({ Accept: 'text/event-stream' })
      const response = await fetch(this.path, { headers: accept, signal: abort.signal, cache: 'no-store' })
      if (response.status === 401) return 'unauthorised'
      if (response.status === 403) return 'forbidden'
      if (!response.ok || !response.body) return 'lost'
      alive()
      await this.read(response.body, alive)
      return 'lost'
    } catch (error) {
      return error instanceof LiveGap ? 'gap' : 'lost'
    } finally {
      clearTimeout(watchdog)
      abort.abort()
    }
  }

  private async read(body: ReadableStream<Uint8Array>, alive: () => void): Promise<void> {
    const parser = new EventStreamParser()
    const decoder = new TextDecoder()
    const reader = body.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      alive()
      for (const message of parser.feed(decoder.decode(value, { stream: true }))) this.take(message)
    }
  }

  private take(message: ServerEvent): void {
    if (message.event === 'snapshot') {
      this.state = fromSnapshot(JSON.parse(message.data) as LiveSnapshot)
      this.backoff.reset()
      this.attempts = 0
      this.handlers.state(this.state)
      this.handlers.link('live')
    } else if (message.event === 'change') {
      if (!this.state) throw new LiveGap('a change before any snapshot')
      this.state = applyEvent(this.state, JSON.parse(message.data) as LiveEvent)
      this.handlers.state(this.state)
    } else if (message.event === 'notice') {
      const notice = JSON.parse(message.data) as Notice
      this.handlers.notice(notice.kind === 'missed' ? null : notice)
    } else if (message.event === 'offline') {
      // A fresh snapshot follows when control is back; until then the last rows are history, not facts.
      this.state = null
      this.handlers.link('away')
    }
  }
}
