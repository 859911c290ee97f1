import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

export type RecordKind = 'orders' | 'calls' | 'deliveries'

/** The one record that is looked at over the desk: an order, a call or a delivery, by what names it. */
export const useRecord = defineStore('record', () => {
  const shown = shallowRef<{ kind: RecordKind; id: string } | null>(null)

  function show(kind: RecordKind, id: string | number): void {
    shown.value = { kind, id: String(id) }
  }

  return { shown, show }
})
