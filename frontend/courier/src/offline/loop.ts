import { Backoff } from '@shared/backoff'
import { ApiError } from '@shared/api/client'
import { StoreError } from './types'

/**
 * unreachable: no network, or none that leads to the server; expired: nobody is signed in; stranger: somebody else is;
 * forbidden: the account is not, or no longer, a courier's; full, unavailable: this phone keeps nothing; trouble: the server is unwell.
 */
export type Link = 'connecting' | 'live' | 'unreachable' | 'expired' | 'stranger' | 'forbidden' | 'full' | 'unavailable' | 'trouble'

const POLL_MS = 30_000

function linkOf(error: unknown): Link {
  if (error instanceof StoreError) return error.code
  if (!(error instanceof ApiError)) return 'trouble'
  if (error.status === 0) return 'unreachable'
  if (error.status === 401) return 'expired'
  if (error.code === 'other_courier') return 'stranger'
  return error.status === 403 ? 'forbidden' : 'trouble'
}

/** Repeats rounds: at once when poked, after growing pauses when one fails, else every 30 s. */
export class Loop {
  private timer: ReturnType<typeof setTimeout> | undefined
  private running = false
  private again = false
  private stopped = true
  private readonly backoff = new Backoff(1000, 60_000)

  constructor(
    private readonly round: () => Promise<void>,
    private readonly link: (link: Link) => void,
  ) {}

  start(): void {
    this.stopped = false
    this.poke()
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
  }

  /** Something happened: a deed, a word of the server, the network is back. */
  poke(): void {
    if (this.stopped) return
    if (this.running) this.again = true
    else void this.run()
  }

  /** What a round ran into after the stop concerns nobody: its store is closed. */
  private tell(link: Link): void {
    if (!this.stopped) this.link(link)
  }

  private async run(): Promise<void> {
    clearTimeout(this.timer)
    this.running = true
    let pause = POLL_MS
    do {
      this.again = false
      try {
        await this.round()
        this.backoff.reset()
        pause = POLL_MS
        this.tell('live')
      } catch (error) {
        pause = this.backoff.next()
        this.tell(linkOf(error))
      }
    } while (this.again && !this.stopped)
    this.running = false
    if (!this.stopped) this.timer = setTimeout(() => this.poke(), pause)
  }
}
