import { json } from './client'
import type { Article } from './types'

/** Every call throws ApiError. */
export const knowledge = {
  search: (q: string) => json<Article[]>('GET', `/api/knowledge?${new URLSearchParams({ q })}`),
  missed: (query: string, call_id: string) => json<{ id: number }>('POST', '/api/knowledge/misses', { query, call_id }),
}
