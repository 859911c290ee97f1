import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'

import { api, ApiError } from '@shared/api/client'
import type { AgentReset, Ringing } from '@shared/api/types'
import { sentence } from '@/notice'

const AGAIN_MS = 2000

/** plain: nothing real is cut off. ends: the agent is in a conversation, which would end. */
export type ResetQuestion = 'plain' | 'ends'

const askedOf = (found: Ringing): ResetQuestion => (found.talking ? 'ends' : 'plain')

/** Why one agent's telephone does not ring: asked again and again while somebody looks. */
export const useRinging = defineStore('ringing', () => {
  const agent = ref<string | null>(null)
  const found = shallowRef<Ringing | null>(null)
  const trouble = ref('')
  const question = ref<ResetQuestion | null>(null)
  const busy = ref(false)
  const done = shallowRef<AgentReset | null>(null)
  let timer = 0
  let turn = 0

  function show(id: string): void {
    close()
    agent.value = id
    void look()
  }

  function close(): void {
    turn += 1
    window.clearTimeout(timer)
    busy.value = false
    agent.value = found.value = question.value = done.value = null
    trouble.value = ''
  }

  async function look(): Promise<void> {
    const id = agent.value
    if (id === null) return
    const mine = (turn += 1)
    window.clearTimeout(timer)
    try {
      const answer = await api.ringing(id)
      if (mine !== turn) return
      found.value = answer
      // The answer to a question that changed is none: no button becomes another under the finger.
      if (question.value !== askedOf(answer)) question.value = null
      trouble.value = ''
    } catch (error) {
      if (mine !== turn) return
      trouble.value = sentence(error)
    }
    timer = window.setTimeout(() => void look(), AGAIN_MS)
  }

  /** Looks first: what is asked must be true. */
  async function ask(): Promise<void> {
    done.value = null
    await look()
    if (found.value) question.value = askedOf(found.value)
  }

  async function reset(): Promise<void> {
    const id = agent.value
    if (id === null || question.value === null || busy.value) return
    busy.value = true
    try {
      const was = await api.resetAgent(id, question.value === 'ends')
      if (agent.value !== id) return
      done.value = was
      question.value = null
    } catch (error) {
      if (agent.value !== id) return
      // A conversation that began meanwhile is asked for by its name.
      if (error instanceof ApiError && error.code === 'in_conversation') question.value = 'ends'
      else trouble.value = sentence(error)
    } finally {
      busy.value = false
    }
    await look()
  }

  return { agent, found, trouble, question, busy, done, show, close, look, ask, reset }
})
