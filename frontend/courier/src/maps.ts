import type { Task } from '@courier/api/types'
import { isApple } from './device'

const wordsOf = ({ address }: Task): string =>
  [address.county_name, address.town_name, address.text, address.building].filter(Boolean).join('')

export const addressText = wordsOf

/** What opens the phone's own map at the address. */
export function mapLink(task: Task): string {
  const { lat, lng } = task.address
  const words = encodeURIComponent(wordsOf(task))
  if (isApple()) return lat !== null && lng !== null ? `maps://?daddr=${lat},${lng}` : `maps://?daddr=${words}`
  return lat !== null && lng !== null ? `geo:${lat},${lng}?q=${lat},${lng}(${words})` : `geo:0,0?q=${words}`
}

/** What opens Amap with the way to the address. */
export function amapLink(task: Task): string {
  const { lat, lng } = task.address
  const app = isApple() ? 'iosamap://path' : 'amapuri://route/plan/'
  const query = new URLSearchParams({ sourceApplication: 'springline', dname: wordsOf(task), t: '3', dev: '0' })
  if (lat !== null && lng !== null) {
    query.set('dlat', String(lat))
    query.set('dlon', String(lng))
  }
  return `${app}?${query}`
}

/** Whether the address is on the clipboard now. */
export async function copyAddress(task: Task): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(wordsOf(task))
    return true
  } catch {
    return false
  }
}
