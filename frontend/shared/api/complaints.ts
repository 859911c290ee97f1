import { json } from './client'
import type { Compensation, ComplaintDetail, ComplaintGuide, ComplaintIn, ComplaintPage, Decisions } from './types'

const BASE = '/api/complaints'

/** Every call throws ApiError. */
export const complaints = {
  guide: () => json<ComplaintGuide[]>('GET', `${BASE}/guide`),
  list: (filter: Record<string, string | number | boolean>) =>
    json<ComplaintPage>('GET', `${BASE}?${new URLSearchParams(Object.entries(filter).map(([name, value]) => [name, String(value)]))}`),
  read: (id: number) => json<ComplaintDetail>('GET', `${BASE}/${id}`),
  file: (complaint: Partial<ComplaintIn> & { request_key: string; kind: string }) => json<ComplaintDetail>('POST', BASE, complaint),
  step: (id: number, step: string, note: string, version?: number) =>
    json<ComplaintDetail>('POST', `${BASE}/${id}/steps`, { step, note, version: version ?? null }),
  compensate: (id: number, request_key: string, qty: number, why: string) =>
    json<ComplaintDetail>('POST', `${BASE}/${id}/compensations`, { request_key, qty, why }),
  decisions: () => json<Decisions>('GET', `${BASE}/decisions`),
  decideCompensation: (id: number, accept: boolean, why: string) =>
    json<Compensation>('POST', `${BASE}/compensations/${id}/decide`, { accept, why }),
  decideAlert: (id: number, accept: boolean, why: string) => json<Decisions>('POST', `${BASE}/alerts/${id}/decide`, { accept, why }),
}
