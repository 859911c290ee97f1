/** Every key of the desk, once: the buttons, the `?` sheet and the handler read this table. */

export type ActionId =
  | 'answer'
  | 'mute'
  | 'hold'
  | 'keypad'
  | 'transfer'
  | 'warn'
  | 'hangUp'
  | 'ready'
  | 'pause'
  | 'save'
  | 'help'
  | 'back'
  | 'search'
  | 'place'
  | 'quantity'
  | 'address'
  | 'time'
  | 'pay'
  | 'line'
  | 'order'
  | 'vouchers'
  | 'complaint'
  | 'knowledge'
  | 'callbacks'
  | 'couriers'
  | 'calls'
  | 'digit'

/** What is on the screen now; decides which keys mean something. */
export interface KeyScene {
  ringing: boolean
  talking: boolean
  wrapUp: boolean
  pauseMenu: boolean
  keypad: boolean
  /** The list of colleagues and queues is open. */
  handover: boolean
  dialog: boolean
  /** An order form is open. */
  order: boolean
  /** The focus is in it. */
  inOrder: boolean
  /** It is shown, and the focus is in no other form either. */
  nearOrder: boolean
  /** The focus is among choices that have numbers of their own. */
  numbered: boolean
  /** The couriers' panel is theirs to see. */
  settles: boolean
}

export interface KeyBinding {
  action: ActionId
  /** Shown on the button. */
  label: string
  /** KeyboardEvent.key, lower case. */
  key: string
  ctrl: boolean
  shift?: boolean
  alt?: boolean
  when: (scene: KeyScene) => boolean
}

const always = () => true

export const KEYMAP: readonly KeyBinding[] = [
  { action: 'answer', label: 'Space', key: ' ', ctrl: false, when: (s) => s.ringing },
  // Space is text to who is typing: this one answers from anywhere.
  { action: 'answer', label: 'F7', key: 'f7', ctrl: false, when: (s) => s.ringing },
  { action: 'mute', label: 'Ctrl+M', key: 'm', ctrl: true, when: (s) => s.talking },
  { action: 'hold', label: 'Ctrl+H', key: 'h', ctrl: true, when: (s) => s.talking },
  { action: 'keypad', label: 'Ctrl+K', key: 'k', ctrl: true, when: (s) => s.talking },
  { action: 'transfer', label: 'F6', key: 'f6', ctrl: false, when: (s) => s.talking },
  { action: 'warn', label: 'F9', key: 'f9', ctrl: false, when: (s) => s.talking },
  // Three keys at once, on both sides of the keyboard: nobody hangs up by accident.
  { action: 'hangUp', label: 'Ctrl+Shift+X', key: 'x', ctrl: true, shift: true, when: (s) => s.talking || s.ringing },
  { action: 'ready', label: 'Ctrl+G', key: 'g', ctrl: true, when: always },
  { action: 'pause', label: 'Ctrl+B', key: 'b', ctrl: true, when: always },
  // One key for both: it belongs to the order while the keyboard is in it, else to wrap-up.
  { action: 'place', label: 'Ctrl+Enter', key: 'enter', ctrl: true, when: (s) => s.order && (s.inOrder || (s.nearOrder && !s.wrapUp)) },
  { action: 'save', label: 'Ctrl+Enter', key: 'enter', ctrl: true, when: (s) => s.wrapUp && !(s.order && s.inOrder) },
  { action: 'search', label: '/', key: '/', ctrl: false, when: (s) => !s.dialog },
  { action: 'order', label: 'F2', key: 'f2', ctrl: false, when: (s) => !s.dialog },
  { action: 'vouchers', label: 'F3', key: 'f3', ctrl: false, when: (s) => !s.dialog },
  { action: 'knowledge', label: 'F4', key: 'f4', ctrl: false, when: (s) => !s.dialog },
  { action: 'quantity', label: 'Alt+Q', key: 'q', ctrl: false, alt: true, when: (s) => s.order },
  { action: 'pay', label: 'Alt+P', key: 'p', ctrl: false, alt: true, when: (s) => s.order },
  { action: 'line', label: 'Alt+N', key: 'n', ctrl: false, alt: true, when: (s) => s.order },
  { action: 'address', label: 'Alt+A', key: 'a', ctrl: false, alt: true, when: (s) => s.order },
  { action: 'time', label: 'Alt+T', key: 't', ctrl: false, alt: true, when: (s) => s.order },
  { action: 'complaint', label: 'F8', key: 'f8', ctrl: false, when: (s) => !s.dialog },
  { action: 'callbacks', label: 'Alt+B', key: 'b', ctrl: false, alt: true, when: (s) => !s.dialog },
  { action: 'calls', label: 'Alt+L', key: 'l', ctrl: false, alt: true, when: (s) => !s.dialog },
  { action: 'couriers', label: 'Alt+C', key: 'c', ctrl: false, alt: true, when: (s) => s.settles && !s.dialog },
  { action: 'help', label: '?', key: '?', ctrl: false, when: (s) => !s.dialog },
  { action: 'back', label: 'Esc', key: 'escape', ctrl: false, when: (s) => s.pauseMenu || s.keypad || s.handover || (s.wrapUp && s.inOrder) },
]

export const labelOf = (action: ActionId): string => KEYMAP.find((k) => k.action === action)?.label ?? ''

/** As aria-keyshortcuts has them: "Control+Enter", "Space F7". */
export const shortcutsOf = (action: ActionId): string =>
  KEYMAP.filter((k) => k.action === action)
    .map((k) => k.label.replace('Ctrl', 'Control'))
    .join(' ')

export interface Pressed {
  key: string
  /** KeyboardEvent.code: Option turns the letter itself into a sign on a Mac. */
  code?: string
  ctrlKey: boolean
  shiftKey: boolean
  altKey: boolean
  metaKey: boolean
  repeat: boolean
  /** The focus is in a field that takes text. */
  typing: boolean
}

export interface Matched {
  action: ActionId
  /** The digit (or * #) of `digit`. */
  digit?: string
}

function plainDigit(pressed: Pressed, scene: KeyScene): Matched | null {
  if (pressed.ctrlKey || pressed.altKey) return null
  const signs = scene.keypad ? /^[0-9*#]$/ : /^[0-9]$/
  const wanted = scene.pauseMenu || scene.keypad || (scene.wrapUp && !scene.numbered)
  return wanted && signs.test(pressed.key) ? { action: 'digit', digit: pressed.key } : null
}

/** Whether the key means itself in a field that takes text; F-keys, Esc and those with Ctrl or Alt do not. */
const isText = (binding: KeyBinding): boolean => !binding.ctrl && !binding.alt && binding.key.length === 1

/** What a Chinese input method sends for the same keys. */
const WIDE: Readonly<Record<string, string>> = { '？': '?', '／': '/', '、': '/' }

const letterOf = ({ key, code }: Pressed): string => (code?.startsWith('Key') ? code.slice(3) : key).toLowerCase()

/** The input method is composing: Enter, Esc, arrows and digits choose among its words. */
export const composes = (event: Pick<KeyboardEvent, 'isComposing' | 'keyCode'>): boolean => event.isComposing || event.keyCode === 229

/** The action of a key press, or null. */
export function matchKey(pressed: Pressed, scene: KeyScene): Matched | null {
  if (pressed.metaKey || pressed.repeat) return null
  const key = WIDE[pressed.key] ?? (pressed.altKey ? letterOf(pressed) : pressed.key.toLowerCase())
  for (const binding of KEYMAP) {
    if (binding.key !== key || binding.ctrl !== pressed.ctrlKey || (binding.alt ?? false) !== pressed.altKey) continue
    if (binding.ctrl && (binding.shift ?? false) !== pressed.shiftKey) continue
    if (pressed.typing && isText(binding)) continue
    if (binding.when(scene)) return { action: binding.action }
  }
  return pressed.typing ? null : plainDigit(pressed, scene)
}

/** Whether the element takes text, so that plain keys belong to it. */
export function takesText(element: Element | null): boolean {
  if (!(element instanceof HTMLElement)) return false
  if (element.isContentEditable || element.tagName === 'TEXTAREA' || element.tagName === 'SELECT') return true
  if (!(element instanceof HTMLInputElement)) return false
  return !['button', 'checkbox', 'radio', 'range', 'submit', 'reset'].includes(element.type)
}
