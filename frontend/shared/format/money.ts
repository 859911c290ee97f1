/** Fen as ¥12.50; below nothing -¥12.50. */
export function formatMoney(fen: number): string {
  const whole = Math.floor(Math.abs(fen) / 100).toLocaleString('en-US')
  return `${fen < 0 ? '-' : ''}¥${whole}.${String(Math.abs(fen) % 100).padStart(2, '0')}`
}

/** What a person typed as yuan (20, 20.5, ¥20) in fen; null when it is no sum. */
export function parseMoney(text: string): number | null {
  const bare = text.trim().replace(/^[¥￥]/, '').replace('。', '.')
  if (bare === '') return 0
  const match = /^(\d{1,6})(?:\.(\d{0,2}))?$/.exec(bare)
  return match ? Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0')) : null
}
