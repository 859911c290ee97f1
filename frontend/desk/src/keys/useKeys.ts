import { nextTick, onBeforeUnmount, onMounted, watch } from 'vue'

import { useComplaints } from '@/stores/complaints'
import { useCouriers } from '@/stores/couriers'
import { useDesk } from '@/stores/desk'
import { useOrder } from '@/stores/order'
import { usePhone } from '@/stores/phone'
import { useWrapUp } from '@/stores/wrapUp'
import { useTabs, type TabId } from '@/stores/tabs'
import { ctrlEnter } from './ctrlEnter'
import { composes, matchKey, takesText, type ActionId, type KeyScene, type Matched } from './keymap'

const PANELS: readonly ActionId[] = ['order', 'vouchers', 'knowledge', 'callbacks', 'couriers', 'calls']

/** Listens for the whole page; installed once, by the desk. */
export function useKeys(): void {
  const desk = useDesk()
  const wrapUp = useWrapUp()
  const phone = usePhone()
  const tabs = useTabs()
  const order = useOrder()
  const complaints = useComplaints()
  const couriers = useCouriers()
  let swallowed = ''

  /** In no form and on no button: nowhere, or at the customer as a whole. */
  const atHome = (): boolean => document.activeElement === document.body || document.activeElement?.id === 'call'
  const within = (selector: string): boolean => document.activeElement?.closest(selector) != null

  const scene = (): KeyScene => ({
    ringing: phone.ringing,
    talking: phone.conversation,
    wrapUp: desk.scene === 'wrap_up',
    pauseMenu: desk.open.pause,
    keypad: desk.open.keypad,
    handover: desk.open.transfer,
    dialog: desk.open.keys || within('[role=dialog]'),
    order: order.active,
    inOrder: within('[data-order-form]'),
    nearOrder: tabs.current === 'order' && (atHome() || within('.state-card')),
    numbered: within('[data-digits]'),
    settles: couriers.settles,
  })

  /** Into a field of the order; a select opens with the arrow keys from there. */
  async function into(field: string): Promise<void> {
    tabs.show('order')
    await nextTick()
    const found = document.querySelector<HTMLElement>(`[data-order-form] [data-key="${field}"]`)
    if (found instanceof HTMLButtonElement) found.click()
    else found?.focus()
  }

  /** What stood in the box is overwritten by what is typed now. */
  function find(): void {
    const box = document.getElementById('search')
    if (!(box instanceof HTMLInputElement)) return
    box.focus()
    box.select()
  }

  /** What is open closes; from an order, which stays, the keyboard goes to the wrap-up, which needs it too. */
  function back(): void {
    const open = desk.open.pause || desk.open.keypad || desk.open.transfer
    Object.assign(desk.open, { pause: false, keypad: false, transfer: false })
    if (!open) document.querySelector<HTMLElement>('[data-wrap-up] [role=radio][tabindex="0"]')?.focus()
  }

  function run({ action, digit }: Matched): void {
    if (action === 'answer') desk.answer()
    else if (action === 'mute') phone.toggleMute()
    else if (action === 'hold') phone.toggleHold()
    else if (action === 'keypad') desk.open.keypad = !desk.open.keypad
    else if (action === 'transfer') desk.open.transfer = desk.transferable && !desk.open.transfer
    else if (action === 'warn') void desk.warnCaller()
    else if (action === 'hangUp') void desk.hangUp()
    else if (action === 'ready') void desk.ready()
    else if (action === 'pause') desk.open.pause = !desk.open.pause
    else if (action === 'save') void wrapUp.save(true)
    else if (action === 'help') desk.open.keys = true
    else if (action === 'search') find()
    else if (PANELS.includes(action)) tabs.open(action as TabId)
    else if (action === 'place') void order.place()
    else if (['quantity', 'pay', 'line', 'address', 'time'].includes(action)) void into(action)
    else if (action === 'complaint') complaints.begin()
    else if (action === 'digit') desk.digit(digit as string)
    else back()
  }

  /** The form that has Ctrl+Enter before the order and the wrap-up, while the keyboard is in it. */
  const ownForm = (): HTMLFormElement | null => document.activeElement?.closest<HTMLFormElement>('form[data-saves]') ?? null

  function look(): void {
    const pressed = { key: 'Enter', ctrlKey: true, shiftKey: false, altKey: false, metaKey: false, repeat: false, typing: false }
    ctrlEnter.value = ownForm() ? null : (matchKey(pressed, scene())?.action ?? null)
  }

  // What loses the keyboard says so before another has it.
  const looksSoon = (): void => queueMicrotask(look)
  watch(() => [desk.scene, desk.open.keys, tabs.current, order.active], look, { flush: 'post' })

  function down(event: KeyboardEvent): void {
    // Not for the forms either: Esc would close one, Enter take the wrong row of a list.
    if (composes(event)) return event.stopPropagation()
    const { key, code, ctrlKey, shiftKey, altKey, metaKey, repeat } = event
    const form = ctrlKey && key === 'Enter' ? ownForm() : null
    if (form) {
      event.preventDefault()
      event.stopPropagation()
      if (!repeat) form.requestSubmit()
      return
    }
    const typing = takesText(document.activeElement)
    const matched = matchKey({ key, code, ctrlKey, shiftKey, altKey, metaKey, repeat, typing }, scene())
    if (!matched) {
      // Held a moment too long, Enter would press whatever the first press led to.
      if (repeat && key === 'Enter' && document.activeElement instanceof HTMLButtonElement) event.preventDefault()
      // A held-down key of ours must not fall through to the browser (Ctrl+H: history).
      if (repeat && key === swallowed) event.preventDefault()
      return
    }
    event.preventDefault()
    event.stopPropagation()
    swallowed = key
    run(matched)
  }

  // A focused button is pressed when Space comes up again, which would do a second thing.
  function up(event: KeyboardEvent): void {
    if (event.key === swallowed) {
      event.preventDefault()
      swallowed = ''
    }
  }

  onMounted(() => {
    window.addEventListener('keydown', down, true)
    window.addEventListener('keyup', up, true)
    for (const name of ['focusin', 'focusout']) document.addEventListener(name, looksSoon)
    look()
  })
  onBeforeUnmount(() => {
    window.removeEventListener('keydown', down, true)
    window.removeEventListener('keyup', up, true)
    for (const name of ['focusin', 'focusout']) document.removeEventListener(name, looksSoon)
  })
}
