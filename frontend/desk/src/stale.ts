import { ApiError } from '@shared/api/client'

/** What somebody else wrote meanwhile, as the server's 409 `stale` tells. */
export interface Change {
  who: string
  what: string
  before: Record<string, unknown>
  after: Record<string, unknown>
}

/** The form's own fields that a change touches; of an address only changes of that address count. */
export function touched(changes: readonly Change[], fields: readonly string[], addressId?: number): Change[] {
  return changes.filter((change) => {
    if (addressId !== undefined && change.after.id !== addressId) return false
    return fields.some((field) => field in change.after && change.after[field] !== change.before[field])
  })
}

export type Saved<T> = { done: T } | { conflict: Change[] }

/**
 * Saves a form that was opened at `version`. A change elsewhere that touches none of `fields` is stepped over
 * once; one that does comes back as the conflict, for a person to decide. Throws ApiError.
 */
export async function saveOver<T>(
  version: number,
  fields: readonly string[],
  save: (version: number) => Promise<T>,
  present: () => Promise<number>,
  addressId?: number,
): Promise<Saved<T>> {
  try {
    return { done: await save(version) }
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'stale') throw error
    const conflict = touched((error.detail ?? []) as Change[], fields, addressId)
    return conflict.length > 0 ? { conflict } : { done: await save(await present()) }
  }
}
