/** ICE itself needs six seconds to say that nothing comes any more, and an agent has asked "hello?" by then. */
const LOOK_MS = 1000
const SILENT_LOOKS = 2

interface Pair {
  packetsReceived?: number
  requestsSent?: number
  responsesReceived?: number
  requestsReceived?: number
}

/**
 * Judges looks at a connection, one a second: cut off is who hears nothing at all for two of them and asks in vain.
 * Without sound alone nobody is cut off: a caller may be silent, or beside the conversation.
 */
export class Reach {
  private heard = -1
  private asked = 0
  private silent = 0

  /** Whether the other end is there. */
  look(pair: Pair): boolean {
    const heard = (pair.packetsReceived ?? 0) + (pair.responsesReceived ?? 0) + (pair.requestsReceived ?? 0)
    const sent = pair.requestsSent ?? 0
    if (heard !== this.heard) Object.assign(this, { heard, asked: sent, silent: 0 })
    else this.silent += 1
    return this.silent < SILENT_LOOKS || sent === this.asked
  }
}

/** Tells whenever that changes, until the connection is closed. */
export function watchReach(connection: RTCPeerConnection, tell: (there: boolean) => void): void {
  const reach = new Reach()
  let looks = true
  let told = true
  const judge = () => {
    const there = looks && !['disconnected', 'failed'].includes(connection.iceConnectionState)
    if (there !== told) tell((told = there))
  }
  const timer = window.setInterval(async () => {
    if (connection.signalingState === 'closed') return window.clearInterval(timer)
    const pair = await pairOf(connection)
    if (pair) looks = reach.look(pair)
    judge()
  }, LOOK_MS)
  connection.addEventListener('iceconnectionstatechange', judge)
}

async function pairOf(connection: RTCPeerConnection): Promise<Pair | null> {
  for (const entry of (await connection.getStats()).values()) {
    if (entry.type === 'candidate-pair' && entry.nominated) return entry as Pair
  }
  return null
}
