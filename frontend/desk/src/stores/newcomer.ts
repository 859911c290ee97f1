import { defineStore } from 'pinia'
import { computed, reactive, ref, watch } from 'vue'

import { customers } from '@shared/api/customers'
import type { CustomerIn } from '@shared/api/types'
import { formatPhone } from '@shared/format/phone'
import { addressIn, emptyAddress } from '@/address'
import { useCustomer } from './customer'

/** The form of a customer who is not known yet: saved alone, or together with the first order. */
export const useNewcomer = defineStore('newcomer', () => {
  const customer = useCustomer()
  const person = reactive({ name: '', phone: '', type: 'person' as CustomerIn['type'], remark: '' })
  const address = reactive(emptyAddress())
  const saving = ref(false)
  let key = crypto.randomUUID()

  const active = computed(() => customer.kind === 'new')
  const dirty = computed(() => active.value && (person.name.trim() !== '' || address.text.trim() !== ''))
  /** Where to is known well enough for a price: never by guessing. */
  const located = computed(() => address.text.trim() !== '' && address.county !== '')

  /** As the server takes it, with the address or without. */
  function draft(): Partial<CustomerIn> {
    return {
      name: person.name.trim(),
      type: person.type,
      remark: person.remark.trim(),
      phones: person.phone ? [{ number: person.phone, label: '', contact: '', primary: true }] : [],
      addresses: address.text.trim() ? [addressIn(address)] : [],
      call_id: customer.callId,
      request_key: key,
    }
  }

  /** Throws ApiError. */
  async function save(): Promise<void> {
    if (saving.value) return
    saving.value = true
    try {
      const made = await customers.create(draft())
      await customer.choose(made.id)
    } finally {
      saving.value = false
    }
  }

  function begin(): void {
    Object.assign(person, { name: '', phone: formatPhone(customer.number), type: 'person', remark: '' })
    Object.assign(address, emptyAddress())
    key = crypto.randomUUID()
  }

  watch(
    () => (active.value ? `${customer.callId} ${customer.number}` : null),
    (now) => now !== null && begin(),
    { immediate: true },
  )

  return { person, address, saving, active, dirty, located, draft, save }
})
