import { defineStore } from 'pinia'
import { computed, reactive, ref, watch } from 'vue'

import { customers } from '@shared/api/customers'
import type { CustomerIn } from '@shared/api/types'
import { formatPhone } from '@shared/format/phone'
import { addressIn, emptyAddress } from '@/address'
import { useCustomer } from './customer'

/** Digits that tell numbers apart however they are written. */
const TAIL = 8

/** The form of a customer who is not known yet: saved alone, or together with the first order. */
export const useNewcomer = defineStore('newcomer', () => {
  const customer = useCustomer()
  const person = reactive({ name: '', phone: '', type: 'person' as CustomerIn['type'], remark: '' })
  const address = reactive(emptyAddress())
  const saving = ref(false)
  let key = crypto.randomUUID()

  const active = computed(() => customer.kind === 'new')
  const written = computed(() => [person.name, person.remark, address.text, address.building, address.notes].some((one) => one.trim() !== ''))
  const dirty = computed(() => active.value && written.value)
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
      await became((await customers.create(draft())).id)
    } finally {
      saving.value = false
    }
  }

  /** The form's person is customer `id` now: the caller, unless another number than the caller's was written down. */
  function became(id: number): Promise<void> {
    const digits = (number: string): string => number.replace(/\D/g, '').slice(-TAIL)
    const of = customer.asked
    const caller = of && 'call_id' in of && digits(person.phone) === digits(customer.number) ? of.call_id : ''
    begin()
    return caller ? customer.showCall(caller) : customer.choose(id)
  }

  function begin(): void {
    Object.assign(person, { name: '', phone: formatPhone(customer.number), type: 'person', remark: '' })
    Object.assign(address, emptyAddress())
    key = crypto.randomUUID()
  }

  /** Who the form is of: the caller of a call, or whoever told a number. */
  const whose = computed(() => {
    const told = customer.asked && 'number' in customer.asked ? customer.asked.number : ''
    return active.value ? `${customer.callId} ${told}` : ''
  })
  /** Forms left unsaved: another call came in between, or the agent looked at another customer. */
  const kept = new Map<string, { person: typeof person; address: typeof address; key: typeof key }>()

  watch(
    whose,
    (now, before) => {
      if (before && written.value) kept.set(before, { person: { ...person }, address: { ...address }, key })
      if (!now) return
      const former = kept.get(now)
      if (!former) return begin()
      kept.delete(now)
      Object.assign(person, former.person)
      Object.assign(address, former.address)
      key = former.key
    },
    { immediate: true },
  )
  // The call's row may follow its pop, and goes with the call; what was typed stays.
  watch(
    () => customer.number,
    (now) => active.value && now && !person.phone && (person.phone = formatPhone(now)),
  )

  return { person, address, saving, active, dirty, located, draft, save, became }
})
