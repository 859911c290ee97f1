import type { Code } from '@shared/api/types'

// What the caller pressed tells most of what the call was about; the codes are business data, so each intent
// names words that may stand in a code or its name, best first.
const HINTS: Readonly<Record<string, readonly string[]>> = {
  order: ['order', '订水', '下单', '订单'],
  订水: ['order', '订水', '下单', '订单'],
  aftersale: ['aftersale', 'after_sale', '售后'],
  售后: ['aftersale', 'after_sale', '售后'],
  enterprise: ['enterprise', '企业', '团购'],
  企业团购: ['enterprise', '企业', '团购'],
  complaint: ['complaint', '投诉'],
  投诉建议: ['complaint', '投诉'],
}

/** The code to stand selected when wrap-up opens, or null: a wrong guess is worse than none. */
export function preselect(intent: string | null, codes: readonly Code[]): string | null {
  if (!intent) return null
  const exact = codes.find((code) => code.code === intent || code.name === intent)
  if (exact) return exact.code
  for (const hint of HINTS[intent.toLowerCase()] ?? []) {
    const found = codes.find((code) => code.code.toLowerCase() === hint || code.name.includes(hint))
    if (found) return found.code
  }
  return null
}
