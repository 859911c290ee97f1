import { shallowRef } from 'vue'

interface Question {
  message: string
  yes: string
  answer: (yes: boolean) => void
}

/** The question on the page; Vant's dialog has no name for screen readers. */
export const question = shallowRef<Question | null>(null)

/** Asks once, naming what will happen. */
export function ask(message: string, yes: string): Promise<boolean> {
  return new Promise((resolve) => {
    question.value = {
      message,
      yes,
      answer: (given) => {
        question.value = null
        resolve(given)
      },
    }
  })
}
