import { onBeforeUnmount, onMounted, watch } from 'vue'
import { useI18n } from 'vue-i18n'

import { warn } from '@/notice'
import { raised, useCallbacks } from '@/stores/callbacks'
import { useLive } from '@/stores/live'
import { useDesk } from '@/stores/desk'
import { usePhone } from '@/stores/phone'
import { useSession } from '@/stores/session'
import { useWords } from '@/words'

/** What reaches an agent who looks elsewhere: the tab's title, a desktop notification, a guard on leaving. */
export function useAlerts(): void {
  const { t } = useI18n()
  const desk = useDesk()
  const live = useLive()
  const phone = usePhone()
  const words = useWords()
  const session = useSession()
  const callbacks = useCallbacks()
  let notice: Notification | null = null

  const number = () => (desk.call ? words.caller(desk.call) : t('call.incoming'))

  function notify(): void {
    if (!('Notification' in window) || Notification.permission !== 'granted' || document.hasFocus()) return
    const call = desk.call
    const body = t('notify.body', {
      queue: live.queueName(call?.queue ?? null) || t('queue.anyQueue'),
      intent: words.intent(call?.intent),
    })
    const options = { body, tag: 'springline-call', requireInteraction: true, icon: '/static/desk/drop.svg' }
    notice = new Notification(t('notify.title', { number: number() }), options)
    notice.onclick = () => {
      window.focus()
      notice?.close()
    }
  }

  watch(
    () => desk.ringing,
    (ringing) => {
      notice?.close()
      notice = null
      if (ringing) notify()
    },
  )

  watch(
    () => [desk.ringing, desk.call?.id, t('app.desk')] as const,
    ([ringing]) => {
      document.title = ringing ? t('tab.ringing', { number: number() }) : `${t('app.name')} · ${t('app.desk')}`
    },
    { immediate: true },
  )

  // Supervisors learn at once that somebody is being abused.
  watch(
    () => (session.manages ? [...live.warned].join() : ''),
    (now, before) => {
      const news = now.split(',').filter((id) => id && id !== session.agent?.id && !before.split(',').includes(id))
      for (const id of news) warn(t('abuse.told', { name: live.agentName(id) }))
    },
  )

  // After 10 minutes agents are reminded, unless they are in a call; after 15 supervisors, and whose it is (I2).
  watch(
    () => callbacks.items,
    (now, before) => {
      if (!now || !before) return
      for (const one of raised(now, before)) {
        const number = one.number_display
        if (one.escalation === 2 && (session.manages || one.mine)) warn(t('callbacks.lateTold', { number }))
        else if (one.escalation === 1 && !desk.ringing && !desk.talking) warn(t('callbacks.soonTold', { number }))
      }
    },
  )

  function guard(event: BeforeUnloadEvent): void {
    if (!phone.conversation) return
    event.preventDefault()
    event.returnValue = t('phone.leave')
  }

  const unlock = () => phone.unlock()

  onMounted(() => {
    window.addEventListener('beforeunload', guard)
    window.addEventListener('pointerdown', unlock)
    window.addEventListener('keydown', unlock)
  })
  onBeforeUnmount(() => {
    notice?.close()
    window.removeEventListener('beforeunload', guard)
    window.removeEventListener('pointerdown', unlock)
    window.removeEventListener('keydown', unlock)
  })
}
