import type { Task } from '@courier/api/types'
import { isApple } from './device'

/** County and town, as far as the address itself does not name them. */
export const areaOf = ({ address }: Task): string[] =>
  [address.county_name, address.town_name].filter((name) => name !== '' && !address.text.includes(name))

export const addressText = (task: Task): string => [...areaOf(task), task.address.text, task.address.building].join('')

/** 31.75,116.52; null while unknown. */
const pointOf = ({ address: { lat, lng } }: Task): string | null => (lat != null && lng != null ? `${lat},${lng}` : null)

/** What opens the phone's own map at the address. */
export function mapLink(task: Task): string {
  const point = pointOf(task)
  const words = encodeURIComponent(addressText(task))
  if (isApple()) return `maps://?daddr=${point ?? words}`
  return point ? `geo:${point}?q=${point}(${words})` : `geo:0,0?q=${words}`
}

/** What opens Amap with the way to the address. */
export function amapLink(task: Task): string {
  const { lat, lng } = task.address
  const app = isApple() ? 'iosamap://path' : 'amapuri://route/plan/'
  const query = new URLSearchParams({ sourceApplication: 'springline', dname: addressText(task), t: '3', dev: '0' })
  if (pointOf(task)) {
    query.set('dlat', String(lat))
    query.set('dlon', String(lng))
  }
  return `${app}?${query}`
}

/** Whether the address is on the clipboard now. */
export async function copyAddress(task: Task): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(addressText(task))
    return true
  } catch {
    return false
  }
}
