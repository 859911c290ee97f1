import type { Component } from 'vue'

import CallbacksPanel from '@/components/CallbacksPanel.vue'
import ComplaintsPanel from '@/components/ComplaintsPanel.vue'
import CouriersPanel from '@/components/couriers/CouriersPanel.vue'
import HistoryCard from '@/components/HistoryCard.vue'
import KnowledgePanel from '@/components/knowledge/KnowledgePanel.vue'
import OrderPanel from '@/components/order/OrderPanel.vue'
import VoucherPanel from '@/components/VoucherPanel.vue'
import type { ActionId } from '@/keys/keymap'
import { SETTLERS } from '@/stores/couriers'
import type { TabId } from '@/stores/tabs'

export interface Tab {
  id: TabId
  /** The action of keys/keymap.ts that opens it. */
  action?: ActionId
  panel: Component
  /** Only these roles see it; left out: everybody. */
  roles?: readonly string[]
}

/** The right column, in this order. A panel is kept alive while another is shown. */
export const TABS: readonly Tab[] = [
  { id: 'order', action: 'order', panel: OrderPanel },
  { id: 'vouchers', action: 'vouchers', panel: VoucherPanel },
  { id: 'complaints', action: 'complaint', panel: ComplaintsPanel },
  { id: 'knowledge', action: 'knowledge', panel: KnowledgePanel },
  { id: 'callbacks', action: 'callbacks', panel: CallbacksPanel },
  { id: 'couriers', action: 'couriers', panel: CouriersPanel, roles: SETTLERS },
  { id: 'calls', action: 'calls', panel: HistoryCard },
]
