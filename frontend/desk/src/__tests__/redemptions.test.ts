import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { ApiError } from '@shared/api/client'
import { customers } from '@shared/api/customers'
import type { Customer, Pop, Session, VoucherReceipt } from '@shared/api/types'
import { vouchers } from '@shared/api/vouchers'

import { voucherPanel } from '../../dev/aftersale'
import { useCustomer } from '../stores/customer'
import { useRedemptions } from '../stores/redemptions'
import { useSession } from '../stores/session'
import { useVouchers } from '../stores/vouchers'

const pop = { kind: 'known', display: '', customer: { id: 7, name: '王女士' }, addresses: [], parts: {}, missing: [], stale: false } as unknown as Pop

async function desk() {
  vi.spyOn(customers, 'pop').mockResolvedValue(pop)
  vi.spyOn(customers, 'read').mockResolvedValue({ id: 7 } as Customer)
  vi.spyOn(vouchers, 'panel').mockResolvedValue(voucherPanel('typical', '', 0))
  vi.spyOn(vouchers, 'papers').mockResolvedValue([])
  useSession().session = { user: { role: 'supervisor' } } as Session
  const store = useVouchers()
  await useCustomer().choose(7)
  await store.load()
  return useRedemptions()
}

describe('reversing a redemption', () => {
  beforeEach(() => setActivePinia(createPinia()))
  afterEach(() => vi.restoreAllMocks())

  it('sends one request on a double click, with the reason, and says what the order owes', async () => {
    const sent = vi.spyOn(vouchers, 'reverse').mockResolvedValue({} as VoucherReceipt)
    const one = await desk()
    one.ask(one.rows[0]!)
    const [first, second] = await Promise.all([one.reverse(' 误核 '), one.reverse('误核')])
    expect([first, second]).toEqual([true, false])
    expect(sent).toHaveBeenCalledOnce()
    expect(sent.mock.calls[0]).toMatchObject([51, { reason: '误核', qty: 2 }])
    expect(one.asking).toBeNull()
    expect(one.done).toContain('DD20261128-0031')
    expect(one.done).toContain('40')
  })

  it('asks for no money when the order is on a monthly account', async () => {
    const one = await desk()
    expect(one.follows(one.rows[0]!)).toContain('收取')
    const monthly = { ...one.rows[0]!, monthly: true }
    expect(one.follows(monthly)).toContain('月结账单')
    expect(one.follows(monthly)).not.toContain('收取')
  })

  it('keeps its key when the line broke, so that it counts once', async () => {
    const sent = vi.spyOn(vouchers, 'reverse').mockRejectedValueOnce(new ApiError(0, 'network', '')).mockResolvedValue({} as VoucherReceipt)
    const one = await desk()
    one.ask(one.rows[0]!)
    expect(await one.reverse('误核')).toBe(false)
    expect(one.problem).not.toBe('')
    expect(await one.reverse('误核')).toBe(true)
    expect(sent.mock.calls[0]![1].key).toBe(sent.mock.calls[1]![1].key)
  })

  it('says in words that it was reversed already', async () => {
    vi.spyOn(vouchers, 'reverse').mockRejectedValue(new ApiError(409, 'reversed_already', '该笔核销已撤销'))
    const one = await desk()
    one.ask(one.rows[0]!)
    expect(await one.reverse('误核')).toBe(false)
    expect(one.problem).toBe('该笔核销已撤销')
  })

  it('needs a reason, something left, and somebody who may', async () => {
    const sent = vi.spyOn(vouchers, 'reverse')
    const one = await desk()
    one.ask(one.rows[2]!)
    expect(one.asking).toBeNull()
    one.ask(one.rows[0]!)
    expect(await one.reverse('  ')).toBe(false)
    one.leave()
    useSession().session = { user: { role: 'agent' } } as Session
    one.ask(one.rows[0]!)
    expect(one.asking).toBeNull()
    expect(sent).not.toHaveBeenCalled()
  })
})
