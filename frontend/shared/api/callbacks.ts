import { json, request } from './client'
import type { Callback, Callbacks } from './types'

const BASE = '/api/callbacks'

/** Every call throws ApiError. */
export const callbacks = {
  list: () => json<Callbacks>('GET', BASE),
  take: (id: number) => json<Callback>('POST', `${BASE}/${id}/take`),
  putBack: (id: number) => json<Callback>('POST', `${BASE}/${id}/put-back`),
  call: (id: number) => json<Callback>('POST', `${BASE}/${id}/call`),
  attempted: (id: number, result: string, note = '') => json<Callback>('POST', `${BASE}/${id}/attempts`, { result, note }),
  nameNumber: (id: number, number: string) => json<Callback>('POST', `${BASE}/${id}/number`, { number }),
  giveUp: (id: number, note: string) => json<Callback>('POST', `${BASE}/${id}/give-up`, { note }),
  message: async (url: string): Promise<ArrayBuffer> => (await request('GET', url)).arrayBuffer(),
}
