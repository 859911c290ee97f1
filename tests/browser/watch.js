// Runs before the desk's own code. Chromium's microphone processing takes a steady tone for noise and removes it,
// so the tests ask for the plain sound; every connection is kept so that its sound can be measured.
(() => {
  if (!navigator.mediaDevices) return
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
  const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false }
  navigator.mediaDevices.getUserMedia = (wanted) => ask({ ...wanted, audio: { ...wanted.audio, ...plain } })
  const connections = []
  const Connection = window.RTCPeerConnection
  window.RTCPeerConnection = class extends Connection {
    constructor(...settings) {
      super(...settings)
      connections.push(this)
    }
  }

  /** Frequency (Hz) and level (dB) of the loudest tone of what comes in, after half a second of listening. */
  window.loudestTone = async () => {
    const receiver = connections.at(-1)?.getReceivers()[0]
    if (!receiver) return { hz: 0, db: -200 }
    const context = new AudioContext()
    const analyser = context.createAnalyser()
    analyser.fftSize = 8192
    analyser.smoothingTimeConstant = 0
    context.createMediaStreamSource(new MediaStream([receiver.track])).connect(analyser)
    await context.resume()
    await new Promise((done) => setTimeout(done, 500))
    const levels = new Float32Array(analyser.frequencyBinCount)
    analyser.getFloatFrequencyData(levels)
    const top = levels.reduce((best, level, bin) => (level > levels[best] ? bin : best), 0)
    const found = { hz: (top * context.sampleRate) / analyser.fftSize, db: Math.max(levels[top], -200) }
    await context.close()
    return found
  }

  /** Packets of sound so far, in and out. */
  window.soundPackets = async () => {
    const found = { received: 0, sent: 0 }
    for (const entry of (await connections.at(-1)?.getStats())?.values() ?? []) {
      if (entry.type === 'inbound-rtp') found.received = entry.packetsReceived
      if (entry.type === 'outbound-rtp') found.sent = entry.packetsSent
    }
    return found
  }
})()
