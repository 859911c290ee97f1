import { describe, expect, it } from 'vitest'

import en from '../i18n/en'
import zh from '../i18n/zh-CN'
import { peaks } from '../recording'
import { preselect } from '../wrapup'

const code = (code: string, name: string, key: string) => ({ code, name, key })
const CODES = [
  code('order', '订水', '1'),
  code('urge', '催单', '2'),
  code('aftersale', '售后', '3'),
  code('enterprise', '企业团购', '5'),
  code('complaint', '投诉', '6'),
  code('other', '其他', '0'),
]

describe('the suggested wrap-up code', () => {
  it.each([
    ['订水', 'order'],
    ['售后', 'aftersale'],
    ['企业团购', 'enterprise'],
    ['投诉建议', 'complaint'],
    ['order', 'order'],
    ['Complaint', 'complaint'],
    ['人工', null],
    ['something new', null],
    [null, null],
  ])('%s → %s', (intent, wanted) => expect(preselect(intent, CODES)).toBe(wanted))

  it('is none when the code is not offered, and follows renamed codes', () => {
    expect(preselect('订水', [])).toBeNull()
    expect(preselect('订水', [code('c7', '新客订水', '1')])).toBe('c7')
    expect(preselect('订水', [code('order', 'Order', '1')])).toBe('order')
  })
})

function leaves(tree: object, at = ''): Map<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]: [string, unknown]): [string, string][] =>
      typeof value === 'string' ? [[at + key, value]] : [...leaves(value as object, `${at}${key}.`)],
    ),
  )
}

describe('the two languages', () => {
  const chinese = leaves(zh)
  const english = leaves(en)

  it('say the same things', () => expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort()))

  it('fill in the same values', () => {
    const values = (text: string) => [...text.matchAll(/\{\w+\}/g)].map((found) => found[0]).sort()
    for (const [key, text] of chinese) expect(values(english.get(key) ?? ''), key).toEqual(values(text))
  })

  it('have no empty words', () => {
    for (const text of [...chinese.values(), ...english.values()]) expect(text.trim()).not.toBe('')
  })
})

describe('the wave of a recording', () => {
  it('is scaled to its loudest stretch and stays flat for silence', () => {
    const loud = new Float32Array(100)
    loud[10] = -0.5
    loud[90] = 0.25
    const bars = peaks(loud, 10)
    expect(bars[1]).toBe(1)
    expect(bars[9]).toBe(0.5)
    expect(Math.max(...peaks(new Float32Array(100), 10))).toBe(0)
  })

  it('bears a recording shorter than its bars', () => expect(peaks(new Float32Array(3), 10)).toHaveLength(10))
})
