import type { Batch } from '@courier/api/types'
import { plainBatch } from '@courier/deliveries'

/** Of the Shape Detection API, which TypeScript does not know yet. */
export interface Detector {
  detect(picture: CanvasImageSource): Promise<{ rawValue: string }[]>
}
interface DetectorKind {
  new (options: { formats: string[] }): Detector
  getSupportedFormats(): Promise<string[]>
}

// No EAN: the trade's number of the water is no batch.
const FORMATS = ['qr_code', 'code_128', 'code_39', 'data_matrix']
const LONGEST = 40

const kind = (): DetectorKind | undefined => (window as { BarcodeDetector?: DetectorKind }).BarcodeDetector

/** Whether this browser reads codes and has a camera; outside of HTTPS it has none. */
export const canScan = (): boolean => kind() !== undefined && Boolean(navigator.mediaDevices?.getUserMedia)

/** Null where the browser reads none of a label's kinds of codes. */
export async function detector(): Promise<Detector | null> {
  const Kind = kind()
  const known = (await Kind?.getSupportedFormats()) ?? []
  const formats = FORMATS.filter((format) => known.includes(format))
  return Kind && formats.length ? new Kind({ formats }) : null
}

/** The batch that a code names: a known one by itself or within a link, else what reads like a number; '' where none does. */
export function batchIn(code: string, batches: readonly Batch[]): string {
  const parts = new Set([plainBatch(code), ...code.toUpperCase().split(/[^\p{L}\p{N}-]+/u)])
  const known = batches.find((batch) => parts.has(plainBatch(batch.batch_no)))
  if (known) return known.batch_no
  const whole = code.replace(/\s+/g, '')
  return whole.length <= LONGEST && /^[\p{L}\p{N}-]+$/u.test(whole) ? plainBatch(whole) : ''
}
