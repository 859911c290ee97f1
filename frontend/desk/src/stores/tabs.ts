import { defineStore } from 'pinia'
import { reactive, ref } from 'vue'

export type TabId = 'order' | 'vouchers' | 'complaints' | 'callbacks' | 'knowledge' | 'couriers' | 'calls'

export interface Badge {
  text: string
  tone: 'warn' | 'bad' | 'brand' | 'off'
}

/** Which panel of the right column is shown. Panels set their own badge; null takes it away. */
export const useTabs = defineStore('tabs', () => {
  const current = ref<TabId>('calls')
  const badges = reactive<Partial<Record<TabId, Badge | null>>>({})
  /** Grows when the keyboard is to go into the panel that is shown. */
  const wanted = ref(0)

  /** Without moving the keyboard's place. */
  function show(id: TabId): void {
    current.value = id
  }

  /** The agent asked for it: the keyboard goes to the panel's `[data-first]`. */
  function open(id: TabId): void {
    show(id)
    wanted.value += 1
  }

  return { current, badges, wanted, show, open }
})
