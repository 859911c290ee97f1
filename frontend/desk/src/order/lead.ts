import { nextTick } from 'vue'

// In the order of the page: where, when, and the rest.
const OPEN = ['select', 'button', 'input'].map((tag) => `[data-asks] ${tag}:not(:disabled)`).join()

/** The keyboard goes to what stands against the order: an open question, the place where nobody delivers, else what is wanted. */
export async function leadToQuestion(): Promise<void> {
  await nextTick()
  const found = document.querySelector<HTMLElement>(OPEN) ?? document.querySelector<HTMLElement>('[data-order-form] [data-key="quantity"]')
  found?.focus()
}

/** A form that vanished with its order took the keyboard along: it goes on where the order is told, unless it rings. */
export function leadOn(placed: HTMLElement): void {
  if (document.activeElement && document.activeElement !== document.body) return
  if (!document.querySelector('[data-answer]')) placed.querySelector<HTMLElement>('[data-first]')?.focus()
}
