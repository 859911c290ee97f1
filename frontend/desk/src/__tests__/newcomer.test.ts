import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'

import { customers, type PopOf } from '@shared/api/customers'
import type { Customer, Pop } from '@shared/api/types'

import { useCustomer } from '../stores/customer'
import { useNewcomer } from '../stores/newcomer'

const stranger = { kind: 'new', display: '139 0564 0002', customer: null, addresses: [], parts: {}, missing: [], stale: false } as unknown as Pop
const known = { ...stranger, kind: 'known', customer: { id: 7, name: '王女士' } } as unknown as Pop

describe('the form of a new caller', () => {
  beforeEach(() => {
    setActivePinia(createPinia())
    vi.spyOn(customers, 'pop').mockImplementation((of: PopOf) => Promise.resolve('customer_id' in of ? known : stranger))
    vi.spyOn(customers, 'read').mockResolvedValue({ id: 7 } as Customer)
  })
  afterEach(() => vi.restoreAllMocks())

  async function typing() {
    const customer = useCustomer()
    const newcomer = useNewcomer()
    await customer.showCall('c1')
    await nextTick()
    Object.assign(newcomer.address, { text: '双河镇中学', county: '341524' })
    newcomer.person.name = '郑师傅'
    return { customer, newcomer }
  }

  it('has the number, and keeps what was typed when the number is spelled otherwise after the call', async () => {
    const { customer, newcomer } = await typing()
    expect(newcomer.person.phone).toBe('139 0564 0002')
    customer.callerPop = { ...stranger, display: '+8613905640002' } as Pop
    await nextTick()
    expect([newcomer.address.text, newcomer.person.name, newcomer.person.phone]).toEqual(['双河镇中学', '郑师傅', '139 0564 0002'])
  })

  it('is there again after another customer or another call was looked at', async () => {
    const { customer, newcomer } = await typing()
    await customer.choose(7)
    await nextTick()
    await customer.showCall('c2')
    await nextTick()
    expect([newcomer.address.text, newcomer.person.name]).toEqual(['', ''])
    await customer.showCall('c1')
    await nextTick()
    expect([newcomer.address.text, newcomer.address.county, newcomer.person.name]).toEqual(['双河镇中学', '341524', '郑师傅'])
  })

  it('is empty again once its customer was saved', async () => {
    const { customer, newcomer } = await typing()
    vi.spyOn(customers, 'create').mockResolvedValue({ id: 7 } as Customer)
    await newcomer.save()
    // The call's pop says who it is now: there is nobody to go back to, and no number to bind.
    expect([customer.chosen, customer.unboundNumber === '' || customer.kind === 'new']).toEqual([false, true])
    await nextTick()
    expect(newcomer.address.text).toBe('')
  })

  it('leads to whom it saved when that is not the caller', async () => {
    const { customer, newcomer } = await typing()
    vi.spyOn(customers, 'create').mockResolvedValue({ id: 7 } as Customer)
    newcomer.person.phone = '139 0564 0777'
    await newcomer.save()
    expect([customer.chosen, customer.id]).toEqual([true, 7])
  })
})
