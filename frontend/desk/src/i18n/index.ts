import { createI18n } from 'vue-i18n'

import { speak } from '@shared/api/client'
import en from './en'
import zh from './zh-CN'

export type Locale = 'zh-CN' | 'en'

const STORED = 'springline.language'

function first(): Locale {
  return localStorage.getItem(STORED) === 'en' ? 'en' : 'zh-CN'
}

export const i18n = createI18n({
  legacy: false,
  locale: first(),
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zh, en },
})

export function currentLocale(): Locale {
  return i18n.global.locale.value as Locale
}

export function setLocale(locale: Locale, remember = true): void {
  i18n.global.locale.value = locale
  document.documentElement.lang = locale
  speak(locale)
  if (remember) localStorage.setItem(STORED, locale)
}

/** A language chosen by hand on this computer beats the account's. */
export function adoptLocale(language: string): void {
  if (!localStorage.getItem(STORED)) setLocale(language.startsWith('en') ? 'en' : 'zh-CN', false)
}
