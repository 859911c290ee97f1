import { ApiError, request } from '@shared/api/client'
import type { Loaded, LoadRow, Me, Results, SentAction, Settlement, Tasks } from './types'

const TIMEOUT = 20_000
const PHOTO_TIMEOUT = 120_000

/** As shared `request`; no answer in time, or one that is no JSON (a network's own page), is an unreachable server. */
async function json<T>(method: string, path: string, body?: unknown, timeout = TIMEOUT): Promise<T> {
  try {
    const response = await request(method, path, body, { signal: AbortSignal.timeout(timeout) })
    return (await response.json()) as T
  } catch (error) {
    throw error instanceof ApiError ? error : new ApiError(0, 'unreachable', '')
  }
}

/** Each may throw ApiError; status 0: no network, or none that leads to the server. */
export const courierApi = {
  me: () => json<Me>('GET', '/api/courier/me'),
  tasks: () => json<Tasks>('GET', '/api/courier/tasks'),
  sync: (device: string, actions: SentAction[]) =>
    json<Results>('POST', '/api/courier/sync', {
      device_id: device,
      // The server learns from it how wrong this phone's clock is, so it is stamped as late as possible.
      sent_at: new Date().toISOString(),
      actions,
    }),
  photo: (key: string, picture: Blob) => {
    const form = new FormData()
    form.set('key', key)
    form.set('file', picture, 'photo.jpg')
    return json<{ id: string }>('POST', '/api/courier/photos', form, PHOTO_TIMEOUT)
  },
  shift: (key: string, on: boolean) => json<Me>('POST', '/api/courier/shift', { key, on }),
  load: (key: string, at: string, loaded: Loaded) => json<LoadRow>('POST', '/api/courier/loads', { ...loaded, key, at, sent_at: new Date().toISOString() }),
  undoLoad: (key: string, at: string, load: string) =>
    json<{ loads: LoadRow[] }>('POST', '/api/courier/loads/undo', { load, key, at, sent_at: new Date().toISOString() }),
  settlement: (day: string) => json<Settlement>('GET', `/api/courier/settlement?${new URLSearchParams({ day })}`),
  handOver: (key: string, day: string, cash_fen: number) =>
    json<Settlement>('POST', '/api/courier/settlement', { key, day, cash_fen }),
}

export type CourierApi = typeof courierApi
