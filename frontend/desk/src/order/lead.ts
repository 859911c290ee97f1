import { nextTick } from 'vue'

const OPEN = ['button', 'input', 'select'].map((tag) => `[data-asks] ${tag}:not(:disabled)`).join()

/** The keyboard goes to the first question of the order that is still open, else to where the address is said. */
export async function leadToQuestion(): Promise<void> {
  await nextTick()
  const question = document.querySelector<HTMLElement>(OPEN) ?? document.querySelector<HTMLElement>('.customer [data-first]')
  question?.focus()
}
