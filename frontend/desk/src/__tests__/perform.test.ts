import { createPinia, setActivePinia } from 'pinia'
import { nextTick } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { ApiError } from '@shared/api/client'
import { customers } from '@shared/api/customers'
import type { Customer, Pop, VoucherCase, VoucherReceipt } from '@shared/api/types'
import { vouchers } from '@shared/api/vouchers'

import { voucherPanel } from '../../dev/aftersale'
import * as notice from '../notice'
import { useCustomer } from '../stores/customer'
import { useVouchers } from '../stores/vouchers'
import { actionOf, first, remediesOf } from '../vouchers/actions'
import { perform } from '../vouchers/perform'

const pop = { kind: 'known', display: '', customer: { id: 7, name: '王女士' }, addresses: [], parts: {}, missing: [], stale: false } as unknown as Pop
const done = {} as VoucherReceipt

async function desk(): Promise<{ called: string[]; of: VoucherCase }> {
  const called: string[] = []
  const note = (name: string) => (called.push(name), Promise.resolve(done))
  vi.spyOn(customers, 'pop').mockResolvedValue(pop)
  vi.spyOn(customers, 'read').mockResolvedValue({ id: 7 } as Customer)
  vi.spyOn(vouchers, 'panel').mockResolvedValue(voucherPanel('typical', 'T02', 30))
  vi.spyOn(vouchers, 'convert').mockImplementation(() => note('convert'))
  vi.spyOn(vouchers, 'redeem').mockImplementation(() => note('redeem'))
  vi.spyOn(vouchers, 'settle').mockImplementation(() => note('settle') as never)
  vi.spyOn(vouchers, 'waive').mockImplementation(() => note('waive') as never)
  vi.spyOn(vouchers, 'closeCase').mockImplementation((id, event, remedy) => {
    called.push(`close ${id} ${event} ${remedy}`)
    return Promise.resolve({} as VoucherCase)
  })
  const store = useVouchers()
  await useCustomer().choose(7)
  await store.load()
  return { called, of: store.current! }
}

const values = (id: string, of: VoucherCase) => first(actionOf(id)!, useVouchers().panel!, of, '2027-05-27')

describe('mending a failure', () => {
  beforeEach(() => setActivePinia(createPinia()))
  afterEach(() => vi.restoreAllMocks())

  it('does it, tries again what had failed, closes the case, and says what is left', async () => {
    const { called, of } = await desk()
    const said = await perform(actionOf('convert')!, values('convert', of), of, 'key-1')
    expect(called).toEqual(['convert', 'redeem', 'close 1 resolve convert'])
    expect(said).toContain('6')
  })

  it('warns at two and a half minutes and at three, whatever is on the screen', async () => {
    const warned = vi.spyOn(notice, 'warn').mockImplementation(() => undefined)
    const { of } = await desk()
    const store = useVouchers()
    for (const spent of [149, 151, 179, 182, 184]) {
      const panel = voucherPanel('typical', 'T02', 30)
      const began = new Date(Date.now() - spent * 1000).toISOString()
      panel.cases = panel.cases.map((one) => (one.id === of.id ? { ...one, started_at: began } : one))
      vi.spyOn(vouchers, 'panel').mockResolvedValue(panel)
      await store.load()
      await nextTick()
    }
    expect(warned.mock.calls.map(([text]) => text.slice(0, 6))).toEqual(['水票问题已处', '已超过 3 '])
  })

  it('shows again what was mended in this call when it is told again, until something is done', async () => {
    const { of } = await desk()
    const store = useVouchers()
    const mended = voucherPanel('typical', 'T02', 30)
    mended.cases = mended.cases.map((one) => ({ ...one, done_at: one.done_at ?? one.started_at, remedy: 'convert' }))
    vi.spyOn(vouchers, 'panel').mockResolvedValue(mended)
    await store.load()
    expect(store.mending).toBeNull()
    await store.mend(of.id)
    expect(store.mending?.id).toBe(of.id)
    await store.close(of, 'resolve', 'convert', '')
    expect(store.mending).toBeNull()
  })

  it('reads back what the newest reading says, though a notice overtook its own', async () => {
    const { of } = await desk()
    const former = voucherPanel('typical', 'T02', 30)
    const newest = { ...former, balance: { ...former.balance, available: 41 } }
    let overtaken: (panel: typeof former) => void = () => {}
    const readings = [new Promise<typeof former>((resolve) => (overtaken = resolve)), Promise.resolve(newest)]
    vi.spyOn(vouchers, 'panel').mockImplementation(() => {
      const reading = readings.shift() ?? Promise.resolve(newest)
      if (readings.length === 1) queueMicrotask(() => void useVouchers().load().then(() => overtaken(former)))
      return reading
    })
    const said = await perform(actionOf('convert')!, values('convert', of), of, 'key-1')
    expect(said).toContain('41')
  })

  it('leaves the case open when what had failed fails again', async () => {
    const { called, of } = await desk()
    vi.spyOn(vouchers, 'redeem').mockRejectedValue(new ApiError(409, 'T01', ''))
    await expect(perform(actionOf('convert')!, values('convert', of), of, 'key-1')).rejects.toThrow()
    expect(called).toEqual(['convert'])
  })

  it('settles water that was left already, or takes it off when it is paid in cash', async () => {
    const { called, of } = await desk()
    const owed = { ...of, detail: { ...of.detail, iou: 4 } }
    await perform(actionOf('convert')!, values('convert', owed), owed, 'key-1')
    await perform(actionOf('pay_cash')!, { ...values('pay_cash', owed), reason: '现金' }, owed, 'key-2')
    expect(called).toEqual(['convert', 'settle', 'close 1 resolve convert', 'waive', 'close 1 agree pay_cash'])
    expect(remediesOf(owed).map((one) => one.id)).toEqual(['convert', 'top_up', 'pay_cash'])
  })

  it('leaves the redeeming of an order to its delivery', async () => {
    const { called, of } = await desk()
    const ordered = { ...of, order_id: 31 }
    await perform(actionOf('convert')!, values('convert', ordered), ordered, 'key-1')
    expect(called).toEqual(['convert', 'close 1 resolve convert'])
  })
})
