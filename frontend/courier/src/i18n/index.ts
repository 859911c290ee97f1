import { createI18n } from 'vue-i18n'

import { speak } from '@shared/api/client'
import en from './en'
import zh from './zh-CN'

export type Locale = 'zh-CN' | 'en'

const STORED = 'springline.courier.language'

export const i18n = createI18n({
  legacy: false,
  locale: localStorage.getItem(STORED) === 'en' ? 'en' : 'zh-CN',
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zh, en },
})

export const currentLocale = (): Locale => i18n.global.locale.value as Locale

export function setLocale(locale: Locale, remember = true): void {
  i18n.global.locale.value = locale
  document.documentElement.lang = locale
  speak(locale)
  if (remember) localStorage.setItem(STORED, locale)
}

/** A language chosen by hand on this phone beats the account's. */
export function adoptLocale(language: string): void {
  if (!localStorage.getItem(STORED)) setLocale(language.startsWith('en') ? 'en' : 'zh-CN', false)
}
