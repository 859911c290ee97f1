import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'

import { json } from '@shared/api/client'
import type { Today } from '@shared/api/types'
import { sentence } from '@/notice'

const EVERY_MS = 5_000

/** Today's figures of the hotline, read again every few seconds while somebody looks. */
export const useToday = defineStore('today', () => {
  const figures = shallowRef<Today | null>(null)
  const problem = ref('')
  let timer = 0

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
  }

  function stop(): void {
    window.clearInterval(timer)
  }

  return { figures, problem, load, start, stop }
})
