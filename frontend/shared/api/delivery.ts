import { json } from './client'
import type { CarriedBatch, CourierConflict, CourierDay, DeliverIn, Handover, Settlement, UnsignedDay } from './types'

const BASE = '/api/delivery'
export const DAYS_AT_ONCE = 50

/** What couriers reported and brought; every call throws ApiError. */
export const delivery = {
  conflicts: (state: 'open' | 'all') => json<CourierConflict[]>('GET', `${BASE}/conflicts?state=${state}`),
  resolve: (id: number, how: 'deliver' | 'close', note: string, told: DeliverIn | null = null) =>
    json<CourierConflict>('POST', `${BASE}/conflicts/${id}/resolve`, { how, note, told }),
  days: (day: string, q = '', offset = 0) =>
    json<CourierDay[]>('GET', `${BASE}/days?${new URLSearchParams({ day, q, offset: String(offset), limit: String(DAYS_AT_ONCE) })}`),
  loads: () => json<CarriedBatch[]>('GET', `${BASE}/loads`),
  unsigned: () => json<UnsignedDay[]>('GET', `${BASE}/days/unsigned`),
  uncounted: () => json<Handover[]>('GET', `${BASE}/handovers?state=declared`),
  count: (id: number, counted_fen: number, note: string) =>
    json<Handover>('POST', `${BASE}/handovers/${id}/confirm`, { counted_fen, note }),
  /** `seen`: the sums that whoever signs has before them. */
  sign: (courier: number, seen: { day: string; cash_fen: number; handed_fen: number }, note: string) =>
    json<Settlement>('POST', `${BASE}/couriers/${courier}/sign-off`, { ...seen, note }),
  photo: (id: string) => `${BASE}/photos/${encodeURIComponent(id)}`,
}
