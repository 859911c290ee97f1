import { watch } from 'vue'
import { useI18n } from 'vue-i18n'

import { Ring } from '@shared/softphone/ring'
import { useWork } from './stores/work'
import { placeOf } from './words'

const ring = new Ring()

/** Sound is allowed only within a person's own touch. */
export const unlockSound = (): void => ring.unlock()

export function sound(): void {
  ring.test()
  if (navigator.userActivation?.hasBeenActive ?? true) navigator.vibrate?.([300, 150, 300])
}

/** A new offer sounds, shakes and, when the app is not looked at, shows among the phone's notifications. */
export function useAlerts(): void {
  const { t } = useI18n()
  const work = useWork()

  async function notify(body: string): Promise<void> {
    if (!('Notification' in window) || Notification.permission !== 'granted' || document.visibilityState === 'visible') return
    const registration = await navigator.serviceWorker?.getRegistration()
    const options = { body, tag: 'springline-offer', icon: '/static/courier/icon-192.png' }
    await registration?.showNotification(t('app.courier'), options)
  }

  // A task that was changed or taken away must not be noticed at the door only.
  watch(
    () => work.unseen.length,
    (n, before) => n > before && sound(),
  )

  watch(
    () => work.offers,
    ([first, ...more]) => {
      if (!first) return
      sound()
      void notify(more.length ? t('tasks.newMany', { n: more.length + 1 }) : t('tasks.newOne', { address: placeOf(first) }))
    },
  )
}
