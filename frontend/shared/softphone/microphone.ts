/** Why there is no microphone; each has its own sentence on the screen. */
export type MicrophoneProblem = 'insecure' | 'denied' | 'missing' | 'busy' | 'unknown'

export class MicrophoneError extends Error {
  constructor(readonly problem: MicrophoneProblem) {
    super(`microphone: ${problem}`)
  }
}

/** What the browser does to the voice: its own processing, one channel. */
export const VOICE: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
  channelCount: 1,
}

export function problemOf(error: unknown): MicrophoneProblem {
  const name = error instanceof DOMException ? error.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied'
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing'
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy'
  return 'unknown'
}

/** An open microphone; the caller stops its tracks. Throws MicrophoneError. */
export async function openMicrophone(): Promise<MediaStream> {
  // Browsers hide the microphone from pages that come neither over https nor from this machine.
  if (!window.isSecureContext || !navigator.mediaDevices) throw new MicrophoneError('insecure')
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: VOICE, video: false })
  } catch (error) {
    throw new MicrophoneError(problemOf(error))
  }
}

/** Asks for the permission and closes the microphone again. Throws MicrophoneError. */
export async function checkMicrophone(): Promise<void> {
  for (const track of (await openMicrophone()).getTracks()) track.stop()
}

/** Calls back when a headset is plugged or unplugged, with whether any microphone is left. */
export function watchMicrophones(changed: (present: boolean) => void): () => void {
  const devices = navigator.mediaDevices
  if (!devices?.enumerateDevices) return () => undefined
  const look = async () => {
    const all = await devices.enumerateDevices()
    changed(all.some((device) => device.kind === 'audioinput'))
  }
  const listener = () => void look()
  devices.addEventListener('devicechange', listener)
  return () => devices.removeEventListener('devicechange', listener)
}
