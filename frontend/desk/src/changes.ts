import { useI18n } from 'vue-i18n'

import type { Change } from '@/stale'
import { useRegions } from '@/stores/regions'

export type ChangeLine = {
  who: string
  field: string
  value: string
  /** What this agent entered there, in the same words. */
  mine: string
}

/** What somebody else wrote, field by field in the form's own words: a change has codes and nulls. */
export function useChangeWords() {
  const { t, te } = useI18n()
  const regions = useRegions()

  function valueOf(field: string, value: unknown): string {
    if (value === null || value === undefined || value === '') return t('stale.nothing')
    const code = String(value)
    if (field === 'county') return regions.counties.find((row) => row.adcode === code)?.name ?? code
    if (field === 'town') return regions.counties.flatMap((row) => row.towns).find(([id]) => id === code)?.[1] ?? code
    if (field === 'lift') return t(`details.lift.${code}`)
    return code
  }

  const linesOf = (changes: readonly Change[], fields: readonly string[], mine: Readonly<Record<string, unknown>> = {}): ChangeLine[] =>
    changes.flatMap((change) =>
      fields
        .filter((field) => field in change.after && change.after[field] !== change.before[field])
        .map((field) => ({
          who: change.who,
          field: t(te(`stale.field.${field}`) ? `stale.field.${field}` : 'stale.field.other'),
          value: valueOf(field, change.after[field]),
          mine: valueOf(field, mine[field]),
        })),
    )

  return { linesOf }
}
