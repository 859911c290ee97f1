import { showConfirmDialog } from 'vant/es/dialog'

import { i18n } from './i18n'

/** Asks once, naming what will happen. */
export function ask(message: string, yes: string): Promise<boolean> {
  const { t } = i18n.global
  const options = { message, confirmButtonText: yes, cancelButtonText: t('common.cancel') }
  return showConfirmDialog(options).then(() => true, () => false)
}
