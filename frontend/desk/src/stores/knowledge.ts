import { defineStore } from 'pinia'
import { reactive, ref, shallowRef, watch } from 'vue'

import { knowledge } from '@shared/api/knowledge'
import type { Article } from '@shared/api/types'
import { newest } from '@/newest'

const TYPED_MS = 150

/** Articles for what callers ask, and which of them helped in which call. */
export const useKnowledge = defineStore('knowledge', () => {
  const query = ref('')
  const found = shallowRef<readonly Article[] | null>(null)
  const failure = shallowRef<unknown>(null)
  /** Titles by call, until its wrap-up takes them. */
  const used = reactive<Record<string, string[]>>({})
  let typing = 0

  const load = newest(
    () => knowledge.search(query.value.trim()),
    (articles) => {
      found.value = articles
      failure.value = null
    },
    (error) => (failure.value = error),
  )

  const usedIn = (callId: string): readonly string[] => used[callId] ?? []

  /** Whether it helped now. */
  function toggle(callId: string, title: string): boolean {
    const before = used[callId] ?? []
    const helped = !before.includes(title)
    used[callId] = helped ? [...before, title] : before.filter((one) => one !== title)
    return helped
  }

  const missed = (callId: string): Promise<unknown> => knowledge.missed(query.value.trim(), callId)

  watch(query, () => {
    window.clearTimeout(typing)
    typing = window.setTimeout(() => void load(), TYPED_MS)
  })

  return { query, found, failure, load, usedIn, toggle, missed }
})
