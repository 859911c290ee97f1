import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'

import { json } from '@shared/api/client'
import type { Today } from '@shared/api/types'
import { sentence } from '@/notice'
import { useLive } from './live'
import { settled } from '@/settled'

const EVERY_MS = 5_000
const SETTLE_MS = 200

/** Today's figures of the hotline, read again every few seconds, and when a call-back changed, while somebody looks. */
export const useToday = defineStore('today', () => {
  const figures = shallowRef<Today | null>(null)
  const problem = ref('')
  const live = useLive()
  let timer = 0
  const news = settled(SETTLE_MS, () => void load())
  let deaf: (() => void) | null = null

  async function load(): Promise<void> {
    try {
      figures.value = await json<Today>('GET', '/api/reports/today')
      problem.value = ''
    } catch (error) {
      problem.value = sentence(error)
    }
  }

  function start(): void {
    stop()
    void load()
    timer = window.setInterval(() => void load(), EVERY_MS)
    deaf = live.onNotice((notice) => {
      if (notice !== null && notice.kind !== 'callback') return
      news.soon()
    })
  }

  function stop(): void {
    window.clearInterval(timer)
    news.cancel()
    deaf?.()
    deaf = null
  }

  return { figures, problem, load, start, stop }
})
