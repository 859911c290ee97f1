// Runs before the desk's own code. Each end of a call takes the cable's port for the other's, so that no sound goes
// around it. `cablePorts` and `soundTo` come from the test.
(() => {
  const Connection = window.RTCPeerConnection
  const CANDIDATE = /^a=candidate:\S+ 1 udp \d+ (\d+\.\d+\.\d+\.\d+) (\d+) typ host.*$/i

  /** The description with one candidate, at `port` of the same address; and where it had been. */
  function through(sdp, port) {

    const lines = sdp.split('\r\n')
    const first = lines.find((line) => CANDIDATE.test(line))
    if (!first) return { sdp, at: null }
    const [, host, own] = first.match(CANDIDATE)
    const kept = lines.filter((line) => !line.startsWith('a=candidate:') || line === first)
    const moved = kept.map((line) => {
      if (line === first) return line.replace(` ${host} ${own} typ`, ` 127.0.0.1 ${port} typ`)
      return line.startsWith('m=audio') ? line.replace(/^m=audio \d+/, `m=audio ${port}`) : line
    })
    return { sdp: moved.join('\r\n'), at: { host, port: Number(own) } }
  }

  window.RTCPeerConnection = class extends Connection {
    async setRemoteDescription(description) {
      const { sdp, at } = through(description.sdp, window.cablePorts.engine)
      if (at) await window.soundTo(at.host, at.port)
      return super.setRemoteDescription({ type: description.type, sdp })
    }

    get localDescription() {
      const own = super.localDescription
      return own && { type: own.type, sdp: through(own.sdp, window.cablePorts.browser).sdp }
    }
  }
})()
