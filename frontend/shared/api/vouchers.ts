import { json } from './client'
import type {
  BindingVerdict,
  CodeSent,
  Iou,
  PaperWaiting,
  Product,
  RefundSum,
  VoucherCase,
  VoucherEntry,
  VoucherFailure,
  VoucherPackage,
  VoucherPanel,
  VoucherReceipt,
} from './types'
import { upload } from './upload'

const BASE = '/api/vouchers'
const of = (customerId: number) => `${BASE}/customers/${customerId}`

/** What every change has; `key` makes it happen once, however often it is sent. */
export interface Asked {
  key: string
  reason?: string
  call_id?: string
  order_id?: number | null
}

interface Water extends Asked {
  sku: string
  qty: number
  answered_at?: string | null
}

interface Buckets extends Asked {
  bucket_type: string
  qty: number
}

/** Every call throws ApiError; a refusal with a T code has the case and the remedies in `detail`. */
export const vouchers = {
  panel: (id: number) => json<VoucherPanel>('GET', of(id)),
  failures: () => json<VoucherFailure[]>('GET', `${BASE}/failures`),
  packages: () => json<VoucherPackage[]>('GET', `${BASE}/packages`),
  products: () => json<Product[]>('GET', '/api/catalog/products'),
  entries: (lotId: number) => json<VoucherEntry[]>('GET', `${BASE}/lots/${lotId}/entries`),
  statementUrl: (id: number) => `${of(id)}/statement.html`,

  buy: (id: number, body: Asked & { package_id: number }) => json<VoucherReceipt>('POST', `${of(id)}/purchases`, body),
  give: (id: number, body: Water) => json<VoucherReceipt>('POST', `${of(id)}/gifts`, body),
  redeem: (id: number, body: Water) => json<VoucherReceipt>('POST', `${of(id)}/redemptions`, body),
  /** Of the last 24 hours; for whoever approves. The reason stays in the ledger. */
  reverse: (entryId: number, body: Asked & { qty: number }) => json<VoucherReceipt>('POST', `${BASE}/entries/${entryId}/reverse`, body),
  freeze: (lotId: number, body: Asked) => json<VoucherReceipt>('POST', `${BASE}/lots/${lotId}/freeze`, body),
  unfreeze: (lotId: number, body: Asked) => json<VoucherReceipt>('POST', `${BASE}/lots/${lotId}/fixes/unfreeze`, body),
  extend: (lotId: number, body: Asked & { until: string }) => json<VoucherReceipt>('POST', `${BASE}/lots/${lotId}/fixes/extend`, body),
  transfer: (lotId: number, body: Asked & { to_customer: number; qty: number }) =>
    json<VoucherReceipt>('POST', `${BASE}/lots/${lotId}/transfer`, body),
  refundSum: (lotId: number) => json<RefundSum>('GET', `${BASE}/lots/${lotId}/refund`),
  refund: (lotId: number, body: Asked & { approval: string }) => json<VoucherReceipt>('POST', `${BASE}/lots/${lotId}/refund`, body),

  convert: (lotId: number, body: Asked & { sku: string; qty: number }) =>
    json<VoucherReceipt>('POST', `${BASE}/lots/${lotId}/fixes/convert`, body),
  topUp: (lotId: number, body: Asked) => json<VoucherReceipt>('POST', `${BASE}/lots/${lotId}/fixes/top-up`, body),
  clearing: (id: number, body: Water) => json<VoucherReceipt>('POST', `${of(id)}/fixes/clearing`, body),
  emergency: (id: number, body: Water & { code: string }) => json<VoucherReceipt>('POST', `${of(id)}/fixes/emergency`, body),
  owe: (id: number, body: Water & { code: string }) => json<Iou>('POST', `${of(id)}/fixes/iou`, body),
  settle: (iouId: number, body: Asked & { clearing?: boolean }) => json<Iou>('POST', `${BASE}/ious/${iouId}/settle`, body),
  /** Paid otherwise; the reason says how. */
  waive: (iouId: number, body: Asked) => json<Iou>('POST', `${BASE}/ious/${iouId}/waive`, body),
  /** An SMS to the customer's mobile; the code itself is only there. */
  sendCode: (id: number, call_id: string) => json<CodeSent>('POST', `${of(id)}/fixes/code`, { call_id }),
  redeemByCode: (id: number, body: Water & { code: string }) => json<VoucherReceipt>('POST', `${of(id)}/fixes/code/redeem`, body),
  paper: (id: number, body: Water & { serial: string; photo_id: string | null }) => json<{ id: number; serial: string }>('POST', `${of(id)}/fixes/paper`, body),
  /** The same key again is the same photo. `sent` hears how much of it (0 to 1) has left. */
  paperPhoto: (id: number, key: string, file: File, sent: (share: number) => void) => {
    const form = new FormData()
    form.append('key', key)
    form.append('file', file)
    return upload<{ id: string }>(`${of(id)}/fixes/paper/photo`, form, sent)
  },
  paperPhotoUrl: (photoId: string) => `${BASE}/papers/photos/${photoId}`,
  /** Handed in and not decided; for whoever approves. */
  papers: () => json<PaperWaiting[]>('GET', `${BASE}/papers`),
  decidePaper: (paperId: number, body: Asked & { accept: boolean }) =>
    json<unknown>('POST', `${BASE}/papers/${paperId}/decide`, body),
  verify: (
    id: number,
    told: { address: string; order_no: string; order_day: string | null; purchase_day: string | null; lot: number | null },
  ) => json<BindingVerdict>('POST', `${of(id)}/fixes/binding`, told),
  approve: (purpose: string, customerId: number) => json<{ code: string }>('POST', `${BASE}/approvals`, { purpose, customer_id: customerId }),

  tell: (id: number, body: Asked & { code: string; sku?: string; qty?: number; iou?: number | null; answered_at?: string | null }) =>
    json<VoucherCase>('POST', `${of(id)}/cases`, body),
  closeCase: (caseId: number, event: 'resolve' | 'agree' | 'withdraw', remedy: string, note: string) =>
    json<VoucherCase>('POST', `${BASE}/cases/${caseId}/close`, { event, remedy, note }),

  takeBack: (id: number, body: Buckets) => json<unknown>('POST', `${of(id)}/buckets/take-back`, body),
  lose: (id: number, body: Buckets) => json<unknown>('POST', `${of(id)}/buckets/lose`, body),
  collect: (id: number, body: Buckets & { channel: string }) =>
    json<{ receipt_no: string | null; fen: number }>('POST', `${of(id)}/deposits`, body),
  refundDeposit: (id: number, body: Buckets & { channel: string; approval: string }) =>
    json<{ fen: number }>('POST', `${of(id)}/deposits/refund`, body),
}
