import { json, request } from './client'
import type {
  Address,
  AddressChange,
  AddressIn,
  ContactIn,
  Customer,
  CustomerIn,
  CustomerPage,
  CustomerPatch,
  Imported,
  ImportPreview,
  ImportRun,
  ImportUndo,
  Located,
  PhoneIn,
  Pop,
  RegionFound,
  Regions,
} from './types'

/** Whose pop is wanted: that of a call, of a number typed by hand, or of a customer whom the agent chose. */
export type PopOf = { call_id: string } | { number: string } | { customer_id: number }

const BASE = '/api/customers'

/** A file as a form sends it, `fields` beside it. */
function filed(file: File, fields: Record<string, string> = {}): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append('file', file)
  return form
}

/** Every call throws ApiError. */
export const customers = {
  pop: (of: PopOf, signal?: AbortSignal) => json<Pop>('POST', `${BASE}/pop`, of, signal),
  /** What the one box finds, the surest first. */
  search: (q: string, limit: number, signal?: AbortSignal) =>
    json<CustomerPage>('GET', `${BASE}?${new URLSearchParams({ q, limit: String(limit) })}`, undefined, signal),
  read: (id: number) => json<Customer>('GET', `${BASE}/${id}`),
  create: (customer: Partial<CustomerIn>) => json<Customer>('POST', BASE, customer),
  update: (id: number, patch: CustomerPatch) => json<Customer>('PATCH', `${BASE}/${id}`, patch),
  /** The record with whole numbers; the reason is kept in the audit trail. */
  reveal: (id: number, why: string) => json<Customer>('POST', `${BASE}/${id}/numbers`, { why }),
  addPhone: (id: number, phone: Partial<PhoneIn> & { number: string }) =>
    json<Customer>('POST', `${BASE}/${id}/phones`, phone),
  removePhone: (phoneId: number) => json<void>('DELETE', `${BASE}/phones/${phoneId}`),
  addContact: (id: number, contact: Partial<ContactIn> & { name: string }) =>
    json<Customer>('POST', `${BASE}/${id}/contacts`, contact),
  addAddress: (id: number, address: AddressIn) => json<Address>('POST', `${BASE}/${id}/addresses`, address),
  changeAddress: (addressId: number, address: AddressChange) =>
    json<Address>('PUT', `${BASE}/addresses/${addressId}`, address),
  removeAddress: (addressId: number) => json<void>('DELETE', `${BASE}/addresses/${addressId}`),
  merge: (id: number, otherId: number, why: string) =>
    json<Customer>('POST', `${BASE}/${id}/merge`, { other_id: otherId, why }),
  /** All that is kept about one person, as a file for them; the reason is kept in the audit trail. */
  exported: async (id: number, why: string): Promise<Blob> => (await request('POST', `${BASE}/${id}/export`, { why })).blob(),
  /** For good. 409 `owed` has what stands against it in `detail`, in Chinese and English. */
  erase: (id: number, why: string) => json<void>('POST', `${BASE}/${id}/erase`, { why }),
  /** What a file would bring; nothing is written. */
  previewImport: (file: File) => json<ImportPreview>('POST', `${BASE}/import/preview`, filed(file)),
  /** All bad rows as CSV. */
  importReport: async (file: File): Promise<Blob> => (await request('POST', `${BASE}/import/report`, filed(file))).blob(),
  /** All rows of the file that was previewed, or none. */
  takeIn: (file: File, digest: string) => json<Imported>('POST', `${BASE}/import`, filed(file, { digest })),
  /** Those of the last 24 hours. */
  imports: () => json<ImportRun[]>('GET', `${BASE}/imports`),
  /** What taking an import back would do. */
  lookUndo: (runId: number) => json<ImportUndo>('GET', `${BASE}/imports/${runId}/undo`),
  /** `goes`: the number that was agreed to. */
  undoImport: (runId: number, goes: number) => json<ImportUndo>('POST', `${BASE}/imports/${runId}/undo`, { goes }),
  undoMerge: (mergeId: number) => json<Customer>('POST', `${BASE}/merges/${mergeId}/undo`),
  /** County and town of an address as it is being typed, or what to ask. */
  locate: (text: string, signal?: AbortSignal) =>
    json<Located>('GET', `${BASE}/locate?${new URLSearchParams({ text })}`, undefined, signal),
  regions: () => json<Regions>('GET', `${BASE}/regions`),
  /** Where a caller's number is at home, in the agent's word. */
  setRegion: (of: { call_id: string } | { number: string }, county: string) =>
    json<RegionFound>('POST', `${BASE}/region`, { ...of, county, lasting: false }),
}
