import type { VoucherCase } from '@shared/api/types'
import { vouchers } from '@shared/api/vouchers'
import { i18n } from '@/i18n'
import { useCustomer } from '@/stores/customer'
import { useVouchers } from '@/stores/vouchers'
import type { Action, Context, Values } from './actions'

/**
 * Does it, tries again what had failed, closes the case, and returns the sentence for the agent: what is left is
 * read back to the customer. Throws ApiError and NotVerified.
 */
export async function perform(action: Action, values: Values, of: VoucherCase | null, key: string): Promise<string> {
  const { t, te } = i18n.global
  const store = useVouchers()
  const customer = useCustomer()
  const context: Context = { customerId: customer.id!, of, asked: store.asked }
  await action.run(values, context, key)
  const retried = of !== null && action.retries === true && (await again(of, context, key))
  if (of !== null && of.done_at === null) {
    const event = action.closes ?? 'resolve'
    await store.close(of, event, action.id, note(action, values, retried))
  } else {
    await store.load()
    void customer.refresh()
  }
  const left = store.panel?.balance.available ?? 0
  const done = t(`vouchers.actions.${action.id}`)
  if (te(`vouchers.told.${action.id}`)) return t(`vouchers.told.${action.id}`, { n: left })
  return of === null ? t('vouchers.done', { what: done, n: left }) : t('vouchers.mended', { what: done, n: left })
}

/** What failed is done now: owed water is settled, a redemption redeemed; an order's is redeemed on delivery. */
async function again(of: VoucherCase, context: Context, key: string): Promise<boolean> {
  const detail = of.detail as { iou?: number; sku?: string; wanted?: number; told?: boolean }
  if (detail.iou) await vouchers.settle(detail.iou, context.asked(`${key}:settle`))
  else if (of.order_id === null && detail.sku && !detail.told)
    await vouchers.redeem(context.customerId, { ...context.asked(`${key}:again`), sku: detail.sku, qty: detail.wanted ?? 1 })
  else return false
  return true
}

function note(action: Action, values: Values, retried: boolean): string {
  const parts = [values.reason, action.id === 'switch_product' ? values.sku : '', retried ? 'redeemed' : '']
  return parts.filter(Boolean).join(' · ').slice(0, 200)
}
