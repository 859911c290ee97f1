import type { Component } from 'vue'

import CallbacksPanel from '@/components/CallbacksPanel.vue'
import ComplaintsPanel from '@/components/ComplaintsPanel.vue'
import HistoryCard from '@/components/HistoryCard.vue'
import OrderPanel from '@/components/order/OrderPanel.vue'
import VoucherPanel from '@/components/VoucherPanel.vue'
import type { ActionId } from '@/keys/keymap'
import type { TabId } from '@/stores/tabs'

export interface Tab {
  id: TabId
  /** The action of keys/keymap.ts that opens it. */
  action?: ActionId
  panel: Component
}

/** The right column, in this order. A panel is kept alive while another is shown. */
export const TABS: readonly Tab[] = [
  { id: 'order', action: 'order', panel: OrderPanel },
  { id: 'vouchers', action: 'vouchers', panel: VoucherPanel },
  { id: 'complaints', action: 'complaint', panel: ComplaintsPanel },
  { id: 'callbacks', panel: CallbacksPanel },
  { id: 'calls', panel: HistoryCard },
]
