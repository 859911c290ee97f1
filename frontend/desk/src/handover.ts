/** Who can take a caller or be asked about one. */

import type { AgentRow, AgentState } from '@shared/live/types'

const ORDER: readonly AgentState[] = ['ready', 'wrap_up', 'paused', 'talking', 'ringing', 'unreachable']

/** Colleagues who are here, the free ones first; `wanted` is a part of a name or id. */
export function matching(rows: readonly AgentRow[], wanted: string): AgentRow[] {
  const part = wanted.trim().toLowerCase()
  return rows
    .filter((row) => row.state !== 'offline' && (row.name.toLowerCase().includes(part) || row.id.includes(part)))
    .sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.name.localeCompare(b.name, 'zh'))
}

/** The caller can be given to them at once. */
export const givable = (row: AgentRow): boolean => row.state === 'ready'

/** They can be asked: also who pauses or wraps up. */
export const askable = (row: AgentRow): boolean => (row.device_online || (row.mobile ?? 'off') !== 'off') && ['ready', 'paused', 'wrap_up'].includes(row.state)

export const freeIn = (rows: readonly AgentRow[], queue: string): number =>
  rows.filter((row) => row.state === 'ready' && row.queues.includes(queue)).length

/** A telephone number as people type it, without blanks and hyphens; '' for anything else. Extensions are shorter. */
export function numberIn(text: string): string {
  const bare = text.replace(/[\s-]/g, '')
  return /^\+?\d{7,15}$/.test(bare) ? bare : ''
}
