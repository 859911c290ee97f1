import { showToast } from 'vant/es/toast'

import { ApiError } from '@shared/api/client'
import { i18n } from './i18n'
import { StoreError } from './offline/types'

/** A failure as a sentence in the courier's language: ours by code, else the server's own. */
export function sentence(error: unknown): string {
  const { t, te } = i18n.global
  const known = error instanceof ApiError || error instanceof StoreError
  const code = known ? error.code : 'client'
  if (te(`error.${code}`)) return t(`error.${code}`)
  return (error instanceof ApiError && error.message) || t('error.other', { code })
}

export const inform = (message: string): void => void showToast({ message, position: 'bottom', duration: 2500 })

/** Long enough to be read. */
export const complain = (error: unknown): void =>
  void showToast({ message: sentence(error), position: 'middle', duration: 8000, closeOnClick: true })
