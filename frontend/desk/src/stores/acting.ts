import { defineStore } from 'pinia'
import { ref } from 'vue'

import { complain } from '@/notice'

/** One command at a time: a second click while the first is under way does nothing. */
export const useActing = defineStore('acting', () => {
  const acting = ref(false)

  /** Runs one command for the agent; a refusal becomes a sentence. */
  async function act(command: () => Promise<unknown>): Promise<boolean> {
    if (acting.value) return false
    acting.value = true
    try {
      await command()
      return true
    } catch (error) {
      complain(error)
      return false
    } finally {
      acting.value = false
    }
  }

  return { acting, act }
})
