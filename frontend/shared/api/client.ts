import type { MobileUse, SuperviseWay } from '@shared/live/types'
import type { AgentReset, CallDetail, CallOut, CallPage, Codes, QueueOut, Ringing, Session, WrapUp, WrapUpGuess } from './types'

/** A refusal or failure of the server; `status` 0 means that it could not be reached at all. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly detail?: unknown,
  ) {
    super(message)
  }
}

/** What a network that swallows everything may cost: the screen is free again, and what was typed still there. */
const ANSWER_MS = 30_000

function cookie(name: string): string {
  const found = document.cookie.split('; ').find((part) => part.startsWith(`${name}=`))
  return found ? decodeURIComponent(found.slice(name.length + 1)) : ''
}

/** Another one after each sign-in, whoever it was and in whatever tab. */
export const sessionMark = (): string => cookie('csrftoken')

let language = 'zh-CN'

/** The language the server's sentences come in. */
export function speak(next: string): void {
  language = next
}

export function headers(extra: Record<string, string> = {}): Record<string, string> {
  return { 'Accept-Language': language, 'X-CSRFToken': cookie('csrftoken'), ...extra }
}

/** What a refused answer says. */
export async function failure(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null)
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const code = typeof fields.code === 'string' ? fields.code : `http_${response.status}`
  return new ApiError(response.status, code, typeof fields.message === 'string' ? fields.message : '', fields.detail)
}

type More = Pick<RequestInit, 'signal' | 'keepalive'> & { within?: number }

/** One request; throws ApiError for anything but 2xx, also when no answer comes `within` ms, and the abort of
 * `more.signal` as it is. */
export async function request(method: string, path: string, body?: unknown, { within, ...more }: More = {}): Promise<Response> {
  const abort = new AbortController()
  const stop = () => abort.abort()
  more.signal?.addEventListener('abort', stop)
  if (more.signal?.aborted) stop()
  const timer = within === undefined ? undefined : setTimeout(stop, within)
  const init: RequestInit = { method, headers: headers(), credentials: 'same-origin', ...more, signal: abort.signal }
  if (body instanceof FormData) {
    init.body = body
  } else if (body !== undefined) {
    init.headers = headers({ 'Content-Type': 'application/json' })
    init.body = JSON.stringify(body)
  }
  let response: Response
  try {
    response = await fetch(path, init)
  } catch (error) {
    if (more.signal?.aborted) throw error
    throw new ApiError(0, 'unreachable', '')
  } finally {
    clearTimeout(timer)
  }
  if (!response.ok) throw await failure(response)
  return response
}

/** The answer's body; undefined for 204. Throws as `request` does. */
export async function json<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  // A file takes as long as it takes.
  const within = body instanceof FormData ? undefined : ANSWER_MS
  const response = await request(method, path, body, { signal, within })
  return (response.status === 204 ? undefined : await response.json()) as T
}

export const api = {
  session: () => json<Session>('GET', '/api/session'),
  signIn: (username: string, password: string, code = '') =>
    json<Session>('POST', '/api/session', { username, password, code }),
  signOut: () => json<void>('DELETE', '/api/session'),
  /** A password for the softphone's next registration; good for minutes, for this session alone. */
  softphoneTicket: () => json<{ password: string; expires_at: string }>('POST', '/api/softphone', {}),
  codes: () => json<Codes>('GET', '/api/codes'),
  queues: () => json<QueueOut[]>('GET', '/api/queues'),
  agentSignIn: () => json<void>('POST', '/api/agent/sign-in', {}),
  agentSignOut: () => json<void>('POST', '/api/agent/sign-out', {}),
  /** Mine, or as a supervisor somebody's. */
  useMobile: (use: MobileUse, agent?: string) => json<void>('POST', '/api/agent/mobile', { use, agent }),
  /** Why this agent's telephone does not ring, as it is now. */
  ringing: (agent: string) => json<Ringing>('GET', `/api/agents/${encodeURIComponent(agent)}/ringing`),
  resetAgent: (agent: string, ends: boolean) =>
    json<AgentReset>('POST', `/api/agents/${encodeURIComponent(agent)}/reset`, { end_conversation: ends }),
  /** Sent to the end also by a page that is being left, where it may overtake the word before. */
  deskWord: (word: { tab: string; open: boolean; said: number }) => request('POST', '/api/agent/desk', word, { keepalive: true }),
  agentReady: () => json<void>('POST', '/api/agent/ready', {}),
  agentPause: (reason: string) => json<void>('POST', '/api/agent/pause', { reason }),
  myCalls: (limit: number, before?: string) => api.calls('me', limit, before),
  /** `agent`: "me", or "" for everybody's. */
  calls: (agent: string, limit: number, before?: string) => {
    const query = new URLSearchParams({ agent, limit: String(limit) })
    if (before) query.set('before', before)
    return json<CallPage>('GET', `/api/calls?${query}`)
  },
  call: (id: string) => json<CallDetail>('GET', `/api/calls/${encodeURIComponent(id)}`),
  wrapUp: (id: string, wrapUp: WrapUp) =>
    json<CallOut>('POST', `/api/calls/${encodeURIComponent(id)}/wrap-up`, wrapUp),
  guess: (id: string) => json<WrapUpGuess>('GET', `/api/calls/${encodeURIComponent(id)}/guess`),
  hangUp: (id: string) => json<void>('POST', `/api/calls/${encodeURIComponent(id)}/hang-up`, {}),
  /** Gives the caller to a colleague or to a queue. */
  transfer: (id: string, to: { to_agent: string } | { queue: string } | { number: string }) =>
    json<void>('POST', `/api/calls/${encodeURIComponent(id)}/transfer`, to),
  consult: (id: string, who: { to_agent: string } | { number: string }) =>
    json<void>('POST', `/api/calls/${encodeURIComponent(id)}/consult`, who),
  goOn: (id: string, way: 'return' | 'complete' | 'join') =>
    json<void>('POST', `/api/calls/${encodeURIComponent(id)}/consult/${way}`, {}),
  /** Rings my own device and lets me into somebody's conversation; or changes how I am in it. */
  supervise: (id: string, way: SuperviseWay | 'leave') =>
    json<void>('POST', `/api/calls/${encodeURIComponent(id)}/supervise`, { way }),
  /** The caller hears that they are to be civil. */
  warn: (id: string) => json<void>('POST', `/api/calls/${encodeURIComponent(id)}/warn`, {}),
  /** After the warning: closing words, and the call ends. */
  dismiss: (id: string) => json<void>('POST', `/api/calls/${encodeURIComponent(id)}/dismiss`, {}),
  /** The recording's WAV file. Each reading is audited with the reason. */
  recording: async (url: string, reason: string, part: number): Promise<ArrayBuffer> => {
    const query = new URLSearchParams({ reason, part: String(part) })
    return (await request('GET', `${url}?${query}`)).arrayBuffer()
  },
}
