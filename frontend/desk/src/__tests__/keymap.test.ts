import { describe, expect, it } from 'vitest'

import { composes, KEYMAP, matchKey, shortcutsOf, type KeyScene, type Pressed } from '../keys/keymap'

const quiet: KeyScene = { ringing: false, talking: false, wrapUp: false, pauseMenu: false, keypad: false, handover: false, dialog: false, order: false, inOrder: false, nearOrder: false, numbered: false, settles: false }
const press = (key: string, more: Partial<Pressed> = {}): Pressed => ({
  key, ctrlKey: false, shiftKey: false, altKey: false, metaKey: false, repeat: false, typing: false, ...more,
})
const ctrl = (key: string, more: Partial<Pressed> = {}) => press(key, { ctrlKey: true, ...more })

describe('the keys', () => {
  it('answers with Space only while it rings and nobody types', () => {
    expect(matchKey(press(' '), { ...quiet, ringing: true })).toEqual({ action: 'answer' })
    expect(matchKey(press(' '), quiet)).toBeNull()
    expect(matchKey(press(' ', { typing: true }), { ...quiet, ringing: true })).toBeNull()
  })

  it('mutes, holds and opens the keypad only in a conversation, also while typing', () => {
    for (const [key, action] of [['m', 'mute'], ['h', 'hold'], ['k', 'keypad']] as const) {
      expect(matchKey(ctrl(key, { typing: true }), { ...quiet, talking: true })).toEqual({ action })
      expect(matchKey(ctrl(key), quiet)).toBeNull()
      expect(matchKey(press(key), { ...quiet, talking: true })).toBeNull()
    }
  })

  it('hangs up with three keys and with nothing less', () => {
    const scene = { ...quiet, talking: true, wrapUp: true, keypad: true, ringing: true }
    expect(matchKey(ctrl('X', { shiftKey: true }), scene)).toEqual({ action: 'hangUp' })
    const names = [...'abcdefghijklmnopqrstuvwxyz0123456789 ?*#', 'Enter', 'Escape', 'Delete', 'Backspace', 'F2', 'Tab']
    for (const key of names) {
      for (const more of [{}, { ctrlKey: true }, { shiftKey: true }, { altKey: true }, { repeat: true, ctrlKey: true, shiftKey: true }]) {
        expect(matchKey(press(key, more), scene)?.action).not.toBe('hangUp')
      }
    }
    expect(matchKey(ctrl('x', { shiftKey: true }), quiet)).toBeNull()
  })

  it('warns the caller by F9 in a conversation only, also while typing', () => {
    expect(matchKey(press('F9', { typing: true }), { ...quiet, talking: true })).toEqual({ action: 'warn' })
    expect(matchKey(press('F9'), quiet)).toBeNull()
  })

  it('is ready and pauses from anywhere', () => {
    expect(matchKey(ctrl('g', { typing: true }), quiet)).toEqual({ action: 'ready' })
    expect(matchKey(ctrl('B'), quiet)).toEqual({ action: 'pause' })
  })

  it('gives digits to the menu, the keypad or wrap-up, never to a text', () => {
    expect(matchKey(press('3'), { ...quiet, wrapUp: true })).toEqual({ action: 'digit', digit: '3' })
    expect(matchKey(press('#'), { ...quiet, keypad: true })).toEqual({ action: 'digit', digit: '#' })
    expect(matchKey(press('#'), { ...quiet, wrapUp: true })).toBeNull()
    expect(matchKey(press('3', { typing: true }), { ...quiet, wrapUp: true })).toBeNull()
    expect(matchKey(press('3'), quiet)).toBeNull()
    expect(matchKey(ctrl('3'), { ...quiet, wrapUp: true })).toBeNull()
  })

  it('saves with Ctrl+Enter while typing the note', () => {
    expect(matchKey(ctrl('Enter', { typing: true }), { ...quiet, wrapUp: true })).toEqual({ action: 'save' })
    expect(matchKey(press('Enter', { typing: true }), { ...quiet, wrapUp: true })).toBeNull()
  })

  it('shows all keys with ? in either width, but not in a text or over itself', () => {
    expect(matchKey(press('?', { shiftKey: true }), quiet)).toEqual({ action: 'help' })
    expect(matchKey(press('？', { shiftKey: true }), quiet)).toEqual({ action: 'help' })
    expect(matchKey(press('?', { typing: true }), quiet)).toBeNull()
    expect(matchKey(press('?'), { ...quiet, dialog: true })).toBeNull()
  })

  it('opens the panels with F-keys from anywhere, and the search with / unless that is text', () => {
    expect(matchKey(press('F2', { typing: true }), { ...quiet, talking: true })).toEqual({ action: 'order' })
    expect(matchKey(press('F3', { typing: true }), { ...quiet, ringing: true })).toEqual({ action: 'vouchers' })
    expect(matchKey(press('/'), quiet)).toEqual({ action: 'search' })
    expect(matchKey(press('/', { typing: true }), quiet)).toBeNull()
    expect(matchKey(ctrl('F2'), quiet)).toBeNull()
  })

  it('leaves Esc to the browser unless there is something to close', () => {
    expect(matchKey(press('Escape'), quiet)).toBeNull()
    expect(matchKey(press('Escape', { typing: true }), { ...quiet, pauseMenu: true })).toEqual({ action: 'back' })
  })

  it('leaves Alt, Meta and repeated keys alone', () => {
    for (const more of [{ altKey: true }, { metaKey: true }, { repeat: true }]) {
      expect(matchKey(ctrl('m', more), { ...quiet, talking: true })).toBeNull()
    }
  })

  it('answers from a text by F7, for Space is text there', () => {
    expect(matchKey(press('F7', { typing: true }), { ...quiet, ringing: true })).toEqual({ action: 'answer' })
    expect(matchKey(press('F7'), quiet)).toBeNull()
    expect(shortcutsOf('answer')).toBe('Space F7')
  })

  it('leaves to the input method what it composes with', () => {
    expect(composes({ isComposing: true, keyCode: 13 })).toBe(true)
    // Safari says only by the code that Enter ended a composition.
    expect(composes({ isComposing: false, keyCode: 229 })).toBe(true)
    expect(composes({ isComposing: false, keyCode: 13 })).toBe(false)
  })

  it('knows its keys in the signs of a Chinese input method and of a Mac', () => {
    for (const key of ['／', '、']) expect(matchKey(press(key), quiet)).toEqual({ action: 'search' })
    expect(matchKey(press('œ', { altKey: true, code: 'KeyQ' }), { ...quiet, order: true })).toEqual({ action: 'quantity' })
  })

  it('gives no digit to wrap-up from choices that have numbers of their own', () => {
    expect(matchKey(press('1'), { ...quiet, wrapUp: true, numbered: true })).toBeNull()
    expect(matchKey(press('1'), { ...quiet, pauseMenu: true, numbered: true })).toEqual({ action: 'digit', digit: '1' })
  })

  it('opens the couriers for those who settle only', () => {
    expect(matchKey(press('c', { altKey: true }), quiet)).toBeNull()
    expect(matchKey(press('c', { altKey: true }), { ...quiet, settles: true })).toEqual({ action: 'couriers' })
  })

  it('leads by Esc from an order to the wrap-up', () => {
    expect(matchKey(press('Escape', { typing: true }), { ...quiet, wrapUp: true, order: true, inOrder: true })).toEqual({ action: 'back' })
    expect(matchKey(press('Escape', { typing: true }), { ...quiet, order: true, inOrder: true })).toBeNull()
  })

  it('gives Ctrl+Enter to the order while the keyboard is in it, to wrap-up otherwise', () => {
    const both = { ...quiet, wrapUp: true, order: true }
    expect(matchKey(ctrl('Enter', { typing: true }), { ...both, inOrder: true })).toEqual({ action: 'place' })
    expect(matchKey(ctrl('Enter', { typing: true }), both)).toEqual({ action: 'save' })
    expect(matchKey(ctrl('Enter'), both)).toEqual({ action: 'save' })
    expect(matchKey(ctrl('Enter'), { ...both, nearOrder: true })).toEqual({ action: 'save' })
    expect(matchKey(ctrl('Enter'), { ...quiet, talking: true, order: true, nearOrder: true })).toEqual({ action: 'place' })
    expect(matchKey(ctrl('Enter'), quiet)).toBeNull()
  })

  it('places no order out of a form that belongs to something else', () => {
    for (const typing of [true, false]) expect(matchKey(ctrl('Enter', { typing }), { ...quiet, talking: true, order: true })).toBeNull()
  })

  it('reaches the fields of an open order with Alt, also while typing', () => {
    for (const [key, action] of [['q', 'quantity'], ['p', 'pay'], ['a', 'address'], ['t', 'time'], ['n', 'line']] as const) {
      expect(matchKey(press(key, { altKey: true, typing: true }), { ...quiet, order: true })).toEqual({ action })
      expect(matchKey(press(key, { altKey: true }), quiet)).toBeNull()
      expect(matchKey(press(key), { ...quiet, order: true })).toBeNull()
    }
  })

  it('means one thing at a time', () => {
    const flags = Object.keys(quiet) as (keyof KeyScene)[]
    for (let bits = 0; bits < 2 ** flags.length; bits += 1) {
      const scene = Object.fromEntries(flags.map((flag, at) => [flag, (bits & (1 << at)) !== 0])) as unknown as KeyScene
      const live = KEYMAP.filter((binding) => binding.when(scene)).map((binding) => binding.label)
      expect(new Set(live).size).toBe(live.length)
    }
  })
})
