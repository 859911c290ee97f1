/**
 * Numbers as people read them aloud: 138 0001 2345, 0564 321 2345, 400 564 1234.
 * Takes E.164, national or masked (138****2345) text; anything else is returned trimmed.
 */
export function formatPhone(text: string): string {
  const bare = text.trim().replace(/^tel:/, '').replace(/[\s-]/g, '')
  const national = bare.startsWith('+86') ? bare.slice(3) : bare
  if (/^1[3-9][\d*]{9}$/.test(national)) return split(national, 3, 4, 4)
  if (/^400[\d*]{7}$/.test(national)) return split(national, 3, 3, 4)
  if (bare.startsWith('+86')) return landline(`0${national}`)
  if (/^0[\d*]{9,11}$/.test(national)) return landline(national)
  return bare.startsWith('+') || /^[\d*]+$/.test(bare) ? bare : text.trim()
}

function split(text: string, ...sizes: number[]): string {
  let at = 0
  return sizes.map((size) => text.slice(at, (at += size))).join(' ')
}

// 010 and 02x are the three-digit area codes (ITU-T E.164 national plan of China); the rest have four.
function landline(text: string): string {
  const area = /^0(10|2\d)/.test(text) ? 3 : 4
  const local = text.slice(area)
  return `${text.slice(0, area)} ${/^\d{7,8}$/.test(local) ? `${local.slice(0, -4)} ${local.slice(-4)}` : local}`
}
