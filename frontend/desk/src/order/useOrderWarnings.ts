import { onBeforeUnmount } from 'vue'
import { useI18n } from 'vue-i18n'

import { orders } from '@shared/api/orders'
import type { Notice } from '@shared/live/types'
import { warn } from '@/notice'
import { useLive } from '@/stores/live'
import { useSession } from '@/stores/session'

/** An order that no courier takes is told to the agent who placed it, once. */
export function useOrderWarnings(): void {
  const { t } = useI18n()
  const live = useLive()
  const session = useSession()
  const told = new Set<number>()

  const isLeft = ({ kind, facts }: Notice): boolean => kind === 'task' && (facts.state === 'nobody' || facts.why === 'unanswered')

  async function heard(notice: Notice | null): Promise<void> {
    const id = Number(notice?.facts.order_id)
    if (!notice || !isLeft(notice) || !id || told.has(id)) return
    told.add(id)
    const order = await orders.read(id).catch(() => null)
    if (order && order.placed_by === session.session?.user.name) warn(t('order.nobodyTakes', { no: order.no, name: order.customer_name }))
  }

  onBeforeUnmount(live.onNotice((notice) => void heard(notice)))
}
