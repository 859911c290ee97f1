import type { Code } from '@shared/api/types'

// What the caller pressed tells most of what the call was about; the codes are business data, so each intent
// names words that may stand in a code or its name, best first.
const HINTS: Readonly<Record<string, readonly string[]>> = {
  order: ['order', 'ordered', '订水', '下单', '订单'],
  aftersale: ['aftersale', 'after_sale', 'voucher', '售后', '水票'],
  after_sale: ['after_sale', 'aftersale', 'voucher', '售后', '水票'],
  enterprise: ['enterprise', 'group', 'business', '企业', '团购'],
  group: ['group', 'enterprise', '团购', '企业'],
  complaint: ['complaint', 'complain', '投诉'],
  agent: ['consult', 'inquiry', 'question', 'other', '咨询', '其他'],
  human: ['consult', 'inquiry', 'question', 'other', '咨询', '其他'],
}

/** The code to stand selected when wrap-up opens, or null: a wrong guess is worse than none. */
export function preselect(intent: string | null, codes: readonly Code[]): string | null {
  if (!intent) return null
  const exact = codes.find((code) => code.code === intent)
  if (exact) return exact.code
  for (const hint of HINTS[intent.toLowerCase()] ?? []) {
    const found = codes.find((code) => code.code.toLowerCase().includes(hint) || code.name.includes(hint))
    if (found) return found.code
  }
  return null
}
