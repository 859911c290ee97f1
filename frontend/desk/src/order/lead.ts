import { nextTick } from 'vue'

// In the order of the page: where, when, and the rest.
const OPEN = ['select', 'button', 'input'].map((tag) => `[data-asks] ${tag}:not(:disabled)`).join()

/** The keyboard goes to what stands against the order: an open question, the place where nobody delivers, else what is wanted. */
export async function leadToQuestion(): Promise<void> {
  await nextTick()
  const found = document.querySelector<HTMLElement>(OPEN) ?? document.querySelector<HTMLElement>('[data-order-form] [data-key="quantity"]')
  found?.focus()
}
