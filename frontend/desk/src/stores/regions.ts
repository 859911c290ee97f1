import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'

import { customers } from '@shared/api/customers'
import type { Regions } from '@shared/api/types'

/** The counties and towns of the region pack, read once for a language. */
export const useRegions = defineStore('regions', () => {
  const pack = shallowRef<Regions | null>(null)
  const counties = computed(() => pack.value?.counties ?? [])

  /** Keeps what it has when the server does not answer: names then stay codes. */
  async function load(): Promise<void> {
    pack.value = await customers.regions().catch(() => pack.value)
  }

  const towns = (county: string): [string, string][] =>
    (counties.value.find((row) => row.adcode === county)?.towns ?? []) as [string, string][]

  return { counties, load, towns }
})
