import { ElMessage } from 'element-plus/es/components/message/index.mjs'

import { ApiError } from '@shared/api/client'
import { i18n } from '@/i18n'

/** A failure as a sentence in the user's language: the server's own, else ours by code. */
export function sentence(error: unknown): string {
  const { t, te } = i18n.global
  if (!(error instanceof ApiError)) return t('error.other', { code: 'client' })
  if (te(`error.${error.code}`)) return t(`error.${error.code}`)
  return error.message || t('error.other', { code: error.code })
}

/** Not over the search box, the caller's name or a form's buttons: below the left column. */
const WHERE = { placement: 'bottom-left' } as const

export function complain(error: unknown): void {
  ElMessage({ ...WHERE, type: 'error', message: sentence(error), duration: 6000, grouping: true, showClose: true })
}

export function warn(message: string, duration = 8000): void {
  ElMessage({ ...WHERE, type: 'warning', message, duration, grouping: true, showClose: true })
}

export function inform(message: string): void {
  ElMessage({ ...WHERE, type: 'success', message, duration: 2500, grouping: true })
}
