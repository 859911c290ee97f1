import type { Address, AddressIn } from '@shared/api/types'

/** An address as a form has it. `county` and `town` are codes, "" while unknown; so is `floor` null. */
export type AddressDraft = Required<Omit<AddressIn, 'contact'>> & { floor: number | null }

export const emptyAddress = (): AddressDraft => ({
  text: '', county: '', town: '', building: '', floor: null, lift: 'unknown', notes: '', default: false,
})

export const draftOf = (from: Address): AddressDraft => ({
  text: from.text,
  county: from.county,
  town: from.town,
  building: from.building,
  floor: from.floor,
  lift: from.lift as AddressDraft['lift'],
  notes: from.notes,
  default: from.default,
})

/** As the server takes it. */
export const addressIn = (draft: AddressDraft): AddressIn => ({ ...draft, contact: '' })

/** In one line; the county first unless the text says it. */
export function addressText(of: Pick<Address, 'text' | 'building' | 'county_name'>): string {
  const said = !of.county_name || of.text.includes(of.county_name.slice(0, 2))
  const building = of.text.endsWith(of.building) ? '' : ` ${of.building}`
  return `${said ? '' : `${of.county_name} `}${of.text}${building}`
}

/** A floor as people write it: "5", "5楼", "-1"; null for nothing or nonsense. */
export function floorOf(text: string): number | null {
  const found = /^\s*(-?\d{1,3})\s*[楼层fF]?\s*$/.exec(text)
  const floor = found ? Number(found[1]) : NaN
  return floor >= -5 && floor <= 200 ? floor : null
}
