import { describe, expect, it } from 'vitest'

import { formatMoney, parseMoney } from '../money'
import { formatPhone } from '../phone'
import { formatClock, formatDuration, formatExact, formatTimeOfDay, relativeTime, sameDay } from '../time'

describe('phone numbers', () => {
  it.each([
    ['+8613800012345', '138 0001 2345'],
    ['13800012345', '138 0001 2345'],
    ['138****2345', '138 **** 2345'],
    ['138 0001 2345', '138 0001 2345'],
    ['+865643212345', '0564 321 2345'],
    ['05643212345', '0564 321 2345'],
    ['+861065551234', '010 6555 1234'],
    ['02165551234', '021 6555 1234'],
    ['0564****345', '0564 ****345'],
    ['4005641234', '400 564 1234'],
    ['110', '110'],
    ['+14155550100', '+14155550100'],
    ['12345678901234567890', '12345678901234567890'],
    ['匿名', '匿名'],
    ['', ''],
  ])('%s → %s', (given, wanted) => expect(formatPhone(given)).toBe(wanted))
})

describe('durations', () => {
  it.each([
    [0, '00:00'],
    [59.9, '00:59'],
    [83, '01:23'],
    [3600, '1:00:00'],
    [3723, '1:02:03'],
    [-5, '00:00'],
    [null, '00:00'],
    [undefined, '00:00'],
  ])('%s s → %s', (given, wanted) => expect(formatDuration(given)).toBe(wanted))

  it('shows a state clock with hours always', () => {
    expect(formatClock(751)).toBe('00:12:31')
    expect(formatClock(100 * 3600)).toBe('100:00:00')
  })
})

describe('times', () => {
  const now = Date.parse('2026-10-28T04:00:00Z') // noon in Shanghai
  const ago = (seconds: number) => new Date(now - seconds * 1000).toISOString()

  it.each([
    [0, { unit: 'now' }],
    [-30, { unit: 'now' }],
    [59, { unit: 'now' }],
    [60, { unit: 'minutes', n: 1 }],
    [3599, { unit: 'minutes', n: 59 }],
    [3600, { unit: 'hours', n: 1 }],
    [11 * 3600, { unit: 'hours', n: 11 }],
    [13 * 3600, { unit: 'yesterday', text: '23:00' }],
    [35 * 3600, { unit: 'yesterday', text: '01:00' }],
    [37 * 3600, { unit: 'date', text: '10-26 23:00' }],
    [60 * 86_400, { unit: 'date', text: '08-29 12:00' }],
  ])('%s s ago', (seconds, wanted) => expect(relativeTime(ago(seconds), now)).toEqual(wanted))

  it('are shown in Shanghai, whatever the computer thinks', () => {
    expect(formatExact('2026-10-27T16:00:05Z')).toBe('2026-10-28 00:00:05')
    expect(formatTimeOfDay('2026-10-28T01:05:07Z')).toBe('09:05:07')
    expect(sameDay('2026-10-27T16:00:00Z', now)).toBe(true)
    expect(sameDay('2026-10-27T15:59:59Z', now)).toBe(false)
  })
})

describe('money', () => {
  it.each([[0, '¥0.00'], [1250, '¥12.50'], [5, '¥0.05'], [-300, '-¥3.00'], [123_456_789, '¥1,234,567.89']])('%i fen read %s', (fen, text) => {
    expect(formatMoney(fen)).toBe(text)
  })

  it.each<[string, number | null]>([
    ['', 0], ['20', 2000], ['20.5', 2050], ['￥20.05', 2005], ['20。5', 2050], ['.5', null], ['20.505', null], ['-1', null], ['1e3', null], ['两块', null],
  ])('typed %s is %s', (text, fen) => {
    expect(parseMoney(text)).toBe(fen)
  })
})
