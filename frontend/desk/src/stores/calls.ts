import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'

import { api, ApiError } from '@shared/api/client'
import type { CallDetail, CallOut, WrapUp } from '@shared/api/types'

const PAGE = 30
/** A recording is ready a second or two after the call; later where the machine is busy. */
const PENDING_AGAIN_MS = 2000

/** Records of calls: my last ones, and the one at hand. */
export const useCalls = defineStore('calls', () => {
  const items = shallowRef<CallOut[]>([])
  const next = ref<string | null>(null)
  const status = ref<'idle' | 'loading' | 'ready' | 'failed'>('idle')
  const error = shallowRef<unknown>(null)
  const loadingMore = ref(false)
  const detail = shallowRef<CallDetail | null>(null)

  /** Everybody's calls instead of mine: for who leads, and only when asked for, as whole numbers are audited. */
  const everybody = ref(false)
  const page = (before?: string) => (everybody.value ? api.calls('', PAGE, before) : api.myCalls(PAGE, before))

  let again: ReturnType<typeof setTimeout> | undefined

  /** Nothing tells a browser that a recording is ready: look again while one is not. */
  function awaitRecordings(): void {
    clearTimeout(again)
    again = !everybody.value && items.value.some((call) => call.recording?.state === 'pending')
      ? setTimeout(() => void load(), PENDING_AGAIN_MS)
      : undefined
  }

  async function load(): Promise<void> {
    if (status.value !== 'ready') status.value = 'loading'
    try {
      const all = everybody.value
      const got = await page()
      if (all !== everybody.value) return
      items.value = got.items
      next.value = got.next
      status.value = 'ready'
      awaitRecordings()
    } catch (caught) {
      error.value = caught
      // A refresh that fails must not take away the list that is being read.
      if (status.value !== 'ready') status.value = 'failed'
    }
  }

  /** Throws ApiError. */
  async function more(): Promise<void> {
    if (!next.value || loadingMore.value) return
    loadingMore.value = true
    try {
      const got = await page(next.value)
      const known = new Set(items.value.map((call) => call.id))
      items.value = [...items.value, ...got.items.filter((call) => !known.has(call.id))]
      next.value = got.next
    } finally {
      loadingMore.value = false
    }
  }

  async function showOf(all: boolean): Promise<void> {
    clearTimeout(again)
    everybody.value = all
    items.value = []
    next.value = null
    status.value = 'idle'
    await load()
  }

  /** The call with its steps; the record trails the call by a moment, so "not found" is no failure. */
  async function follow(id: string): Promise<void> {
    if (detail.value?.id !== id) detail.value = null
    try {
      const got = await api.call(id)
      if (detail.value === null || detail.value.id === id) detail.value = got
    } catch (caught) {
      if (!(caught instanceof ApiError)) throw caught
    }
  }

  /** Throws ApiError. */
  async function saveWrapUp(id: string, wrapUp: WrapUp): Promise<void> {
    const saved = await api.wrapUp(id, wrapUp)
    replace(saved)
  }

  function replace(call: CallOut): void {
    const found = items.value.some((item) => item.id === call.id)
    items.value = found ? items.value.map((item) => (item.id === call.id ? call : item)) : [call, ...items.value]
    awaitRecordings()
  }

  function clear(): void {
    clearTimeout(again)
    items.value = []
    next.value = null
    detail.value = null
    everybody.value = false
    status.value = 'idle'
  }

  return { items, next, status, error, loadingMore, detail, everybody, load, showOf, more, follow, saveWrapUp, clear }
})
