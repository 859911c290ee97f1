/** One message of a text/event-stream. `event` is "message" when the server named none. */
export interface ServerEvent {
  event: string
  data: string
}

/**
 * Reads text/event-stream pieces as they come. Unlike EventSource it also reports that *something* arrived
 * (comment lines are the server's heartbeat), so that a dead connection can be told from a quiet one.
 */
export class EventStreamParser {
  private buffer = ''
  private event = ''
  private data: string[] = []

  feed(piece: string): ServerEvent[] {
    this.buffer += piece
    const lines = this.buffer.split(/\r\n|\n|\r(?!$)/)
    this.buffer = lines.pop() ?? ''
    return lines.flatMap((line) => this.line(line) ?? [])
  }

  private line(line: string): ServerEvent | null {
    if (line === '') return this.dispatch()
    if (line.startsWith(':')) return null
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') this.event = value
    if (field === 'data') this.data.push(value)
    return null
  }

  private dispatch(): ServerEvent | null {
    const done = this.data.length > 0 ? { event: this.event || 'message', data: this.data.join('\n') } : null
    this.event = ''
    this.data = []
    return done
  }
}
