import { ref } from 'vue'

import { ApiError } from '@shared/api/client'
import { i18n } from './i18n'
import { StoreError } from './offline/types'

const BRIEF_MS = 2500
const LONG_MS = 8000

/** What is said over the page for a while; Vant's toast has no name for screen readers. */
export const said = ref<{ text: string; bad: boolean } | null>(null)
let timer = 0

function say(text: string, bad: boolean): void {
  window.clearTimeout(timer)
  said.value = { text, bad }
  timer = window.setTimeout(() => (said.value = null), bad ? LONG_MS : BRIEF_MS)
}

/** A failure as a sentence in the courier's language: ours by code, else the server's own. */
export function sentence(error: unknown): string {
  const { t, te } = i18n.global
  const known = error instanceof ApiError || error instanceof StoreError
  const code = known ? error.code : 'client'
  if (te(`error.${code}`)) return t(`error.${code}`)
  return (error instanceof ApiError && error.message) || t('error.other', { code })
}

export const inform = (message: string): void => say(message, false)
export const complain = (error: unknown): void => say(sentence(error), true)
