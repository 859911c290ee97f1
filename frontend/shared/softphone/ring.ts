// The ring: two tones like a desk phone, 1 s on, 2 s off; made here so that no sound file is needed.
const TONES = [660, 880]
const ON = 1.0
const PERIOD = 3.0

/** A ringing bell. Browsers keep it silent until a person has touched the page: `unlock` in such a handler. */
export class Ring {
  private context: AudioContext | null = null
  private gain: GainNode | null = null
  private timer = 0
  private nodes: OscillatorNode[] = []

  constructor(private volume = 0.6) {}

  /** Call within a click or key press. */
  unlock(): void {
    this.context ??= new AudioContext()
    if (this.context.state === 'suspended') void this.context.resume()
  }

  /** Whether the browser would keep the ring silent. */
  get blocked(): boolean {
    return this.context?.state !== 'running'
  }

  start(): void {
    if (this.timer !== 0) return
    this.burst()
    this.timer = window.setInterval(() => this.burst(), PERIOD * 1000)
  }

  stop(): void {
    window.clearInterval(this.timer)
    this.timer = 0
    for (const node of this.nodes) node.stop()
    this.nodes = []
    this.gain?.disconnect()
    this.gain = null
  }

  /** One burst, to try the loudness. */
  test(): void {
    this.unlock()
    this.burst()
  }

  private burst(): void {
    const context = this.context
    if (!context) return
    if (context.state === 'suspended') void context.resume()
    const start = context.currentTime
    const gain = context.createGain()
    gain.gain.setValueAtTime(0, start)
    for (let beat = 0; beat < ON; beat += 0.1) {
      gain.gain.linearRampToValueAtTime(this.volume * (beat % 0.2 < 0.1 ? 0.5 : 0.2), start + beat + 0.02)
    }
    gain.gain.linearRampToValueAtTime(0, start + ON)
    gain.connect(context.destination)
    this.gain = gain
    this.nodes = TONES.map((frequency) => {
      const node = context.createOscillator()
      node.type = 'triangle'
      node.frequency.value = frequency
      node.connect(gain)
      node.start(start)
      node.stop(start + ON)
      return node
    })
  }
}
