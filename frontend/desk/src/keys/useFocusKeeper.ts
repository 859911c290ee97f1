import { onBeforeUnmount, onMounted } from 'vue'

const CAN = ['button', 'input', 'select', 'textarea'].map((tag) => `${tag}:not(:disabled):not([tabindex="-1"])`).join() + ',a[href]'
/** A component that puts the keyboard somewhere itself does so within this. */
const SETTLE_MS = 60

const visible = (one: HTMLElement): boolean => one.getClientRects().length > 0
const usable = (one: HTMLElement): boolean => one.isConnected && visible(one) && !one.matches(':disabled')

/** Where work begins in `place`: its `[data-first]`, else a form that is open, else its first control; of radio buttons the chosen one. */
export function firstIn(place: HTMLElement): HTMLElement | undefined {
  const started = place.querySelector<HTMLElement>('[data-first]')
  if (started && usable(started)) return started
  const form = [...place.querySelectorAll('form')].find(visible) ?? place
  const found = [...form.querySelectorAll<HTMLElement>(CAN)].find(usable)
  if (!(found instanceof HTMLInputElement) || found.type !== 'radio') return found
  return place.querySelector<HTMLElement>(`input[name="${found.name}"]:checked`) ?? found
}

/**
 * Who is to have the keyboard after `way`, the lost element and all around it from the inside out: the first
 * control of what is left, no further than its card. The phone's own card gives nothing: a key too many would
 * hang up. While it rings, the answer is what matters.
 */
export function heirOf(way: readonly HTMLElement[]): HTMLElement | undefined {
  const answer = document.querySelector<HTMLElement>('[data-answer]')
  if (answer) return answer
  const left = way.filter((one) => one.isConnected && visible(one))
  const card = left.find((one) => one.matches('.card, [role=dialog]'))
  if (!card || card.matches('.state-card')) return undefined
  for (const place of left) {
    const found = firstIn(place)
    if (found || place === card) return found
  }
  return undefined
}

/** A control that had the keyboard and vanished, or was greyed out, does not take it along: installed once. */
export function useFocusKeeper(): void {
  let way: HTMLElement[] = []
  let lost = false
  let timer = 0

  const nowhere = (): boolean => document.activeElement === null || document.activeElement === document.body

  function remember({ target }: FocusEvent): void {
    lost = false
    way = []
    for (let one = target as HTMLElement | null; one && one !== document.body; one = one.parentElement) way.push(one)
  }

  function look(): void {
    const last = way[0]
    if (!last || !nowhere()) return
    if (usable(last)) {
      // Somebody clicked beside it, or it was only greyed out for a moment.
      if (lost) last.focus()
      return
    }
    lost = true
    if (last.isConnected && visible(last)) return
    window.clearTimeout(timer)
    timer = window.setTimeout(() => nowhere() && heirOf(way)?.focus(), SETTLE_MS)
  }

  const watcher = new MutationObserver(look)

  onMounted(() => {
    document.addEventListener('focusin', remember)
    watcher.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['disabled'] })
  })
  onBeforeUnmount(() => {
    watcher.disconnect()
    window.clearTimeout(timer)
    document.removeEventListener('focusin', remember)
  })
}
