/**
 * Plays a fetched recording through Web Audio: one download means one audit row, and no blob: address is
 * needed, which a strict CSP would refuse. Seconds everywhere.
 */
export class RecordingSound {
  private source: AudioBufferSourceNode | null = null
  private startedAt = 0
  private offset = 0

  private constructor(
    private readonly context: AudioContext,
    private readonly buffer: AudioBuffer,
  ) {}

  /** The parts one after the other. Throws DOMException when the bytes are no sound. */
  static async from(parts: ArrayBuffer[]): Promise<RecordingSound> {
    const context = new AudioContext()
    try {
      const sounds = await Promise.all(parts.map((bytes) => context.decodeAudioData(bytes)))
      return new RecordingSound(context, joined(context, sounds))
    } catch (error) {
      await context.close()
      throw error
    }
  }

  get seconds(): number {
    return this.buffer.duration
  }

  get playing(): boolean {
    return this.source !== null
  }

  get position(): number {
    const run = this.source ? this.context.currentTime - this.startedAt : 0
    return Math.min(this.seconds, this.offset + run)
  }

  /** Samples of one side (0 caller, 1 agent); a one-channel file serves both. */
  channel(index: number): Float32Array {
    return this.buffer.getChannelData(Math.min(index, this.buffer.numberOfChannels - 1))
  }

  play(): void {
    if (this.source) return
    if (this.offset >= this.seconds - 0.05) this.offset = 0
    void this.context.resume()
    const source = this.context.createBufferSource()
    source.buffer = this.buffer
    this.bothEars(source)
    source.onended = () => {
      if (this.source === source) this.pause()
    }
    source.start(0, this.offset)
    this.startedAt = this.context.currentTime
    this.source = source
  }

  pause(): void {
    this.offset = this.position
    const source = this.source
    this.source = null
    source?.stop()
  }

  seek(to: number): void {
    const was = this.playing
    this.pause()
    this.offset = Math.max(0, Math.min(this.seconds, to))
    if (was) this.play()
  }

  close(): void {
    this.pause()
    void this.context.close()
  }

  // Many headsets of agents have one ear: both sides go to both, as the conversation sounded.
  private bothEars(source: AudioNode): void {
    const mono = this.context.createGain()
    mono.channelCount = 1
    mono.channelCountMode = 'explicit'
    mono.channelInterpretation = 'speakers'
    mono.gain.value = this.buffer.numberOfChannels > 1 ? 1.8 : 1
    source.connect(mono).connect(this.context.destination)
  }
}

function joined(context: AudioContext, sounds: AudioBuffer[]): AudioBuffer {
  const first = sounds[0]
  if (!first || sounds.length === 1) return first ?? context.createBuffer(1, 1, context.sampleRate)
  const frames = sounds.reduce((sum, sound) => sum + sound.length, 0)
  const whole = context.createBuffer(first.numberOfChannels, frames, first.sampleRate)
  for (let channel = 0; channel < first.numberOfChannels; channel += 1) {
    let at = 0
    for (const sound of sounds) {
      whole.copyToChannel(sound.getChannelData(Math.min(channel, sound.numberOfChannels - 1)), channel, at)
      at += sound.length
    }
  }
  return whole
}

/** The loudest sample of each of `count` equal stretches, scaled so that the loudest of all is 1. */
export function peaks(samples: Float32Array, count: number): number[] {
  const step = samples.length / count
  const found = Array.from({ length: count }, (_, bar) => {
    let most = 0
    for (let i = Math.floor(bar * step); i < Math.floor((bar + 1) * step); i += 1) {
      most = Math.max(most, Math.abs(samples[i] ?? 0))
    }
    return most
  })
  const top = Math.max(...found, 0.05)
  return found.map((value) => value / top)
}
