import { useI18n } from 'vue-i18n'

import type { CallOut } from '@shared/api/types'
import { formatPhone } from '@shared/format/phone'
import { formatExact, relativeTime, sameDay } from '@shared/format/time'
import type { AgentState, CallRow } from '@shared/live/types'

export type Tone = 'ok' | 'warn' | 'bad' | 'brand' | 'off'

export const TONES: Readonly<Record<AgentState, Tone>> = {
  offline: 'off',
  unreachable: 'bad',
  ready: 'ok',
  ringing: 'brand',
  talking: 'brand',
  wrap_up: 'warn',
  paused: 'warn',
}

// Service levels of the trade: 20 s is the aim, a minute is too long.
export function waitTone(seconds: number): Tone {
  if (seconds >= 60) return 'bad'
  return seconds >= 20 ? 'warn' : 'off'
}

// The shipped call flow names its intents in Chinese; flows of others may use these short names.
const INTENTS: Readonly<Record<string, string>> = {
  订水: 'order',
  售后: 'aftersale',
  企业团购: 'enterprise',
  投诉建议: 'complaint',
  人工: 'agent',
}

/** Facts as words of the user's language. */
export function useWords() {
  const { t, te } = useI18n()

  const named = (path: string, value: string): string => (te(path) ? t(path) : value)

  function intent(value: string | null | undefined): string {
    if (!value) return t('intent.other')
    return named(`intent.${INTENTS[value] ?? value}`, value)
  }

  /** One adcode, several joined by "+", or a name. */
  function region(value: string | null | undefined): string {
    if (!value) return t('region.unknown')
    const parts = value.split('+').map((part) => named(`region.${part}`, part))
    return parts.join(t('region.joint'))
  }

  function caller(row: Pick<CallRow, 'caller' | 'caller_raw' | 'caller_quality'>): string {
    if (row.caller_quality === 'anonymous') return t('caller.anonymous')
    const number = row.caller || (row.caller_quality === 'short' ? row.caller_raw : '')
    return number ? formatPhone(number) : t('caller.unknown')
  }

  function callerOf(call: CallOut): string {
    return call.caller_display || (call.caller ? formatPhone(call.caller) : t('caller.unknown'))
  }

  function ago(iso: string, now: number): string {
    const { unit, ...values } = relativeTime(iso, now)
    return t(`relative.${unit}`, values)
  }

  /** A moment to come: 11:20, 明天 08:00, or 11-27 09:00 on another day. */
  function moment(iso: string, now: number): string {
    const text = formatExact(iso)
    if (sameDay(iso, now + 86_400_000)) return t('relative.tomorrow', { text: text.slice(11, 16) })
    return sameDay(iso, now) ? text.slice(11, 16) : text.slice(5, 16)
  }

  return {
    moment,
    caller,
    callerOf,
    ago,
    intent,
    region,
  }
}
