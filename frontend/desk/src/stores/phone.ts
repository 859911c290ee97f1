import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'

import { api } from '@shared/api/client'
import type { SoftphoneAccess } from '@shared/api/types'
import type { LineFactory } from '@shared/softphone/line'
import { inCall, inConversation } from '@shared/softphone/machine'
import { Phone, type PhoneView } from '@shared/softphone/phone'
import { Ring } from '@shared/softphone/ring'

function address(path: string): string {
  const url = new URL(path, window.location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return url.href
}

async function lineFactory(): Promise<LineFactory> {
  if (import.meta.env.MODE === 'mock') {
    const { MockLine } = await import('../../dev/line')
    return (handlers) => new MockLine(handlers)
  }
  const { JsSipLine } = await import('@shared/softphone/jssip')
  return (handlers) => new JsSipLine(handlers)
}

export const usePhone = defineStore('phone', () => {
  const view = shallowRef<PhoneView | null>(null)
  const ringBlocked = shallowRef(false)
  /** The digits sent in this call, the last sixteen. */
  const sent = shallowRef('')
  const ring = new Ring()
  const speaker = new Audio()
  speaker.autoplay = true
  let phone: Phone | null = null

  const state = computed(() => view.value?.state ?? 'unregistered')
  const ringing = computed(() => state.value === 'ringing')
  const busy = computed(() => inCall(state.value))
  const cutOff = computed(() => view.value?.cutOff ?? false)
  const conversation = computed(() => inConversation(state.value))

  function show(next: PhoneView): void {
    const was = view.value?.state
    view.value = next
    if (next.state === was) return
    if (next.state === 'ringing') {
      ring.start()
      // A blocked context resumes, if it may, within the first instants of the ring.
      window.setTimeout(() => (ringBlocked.value = ringing.value && ring.blocked), 600)
    } else {
      ring.stop()
      ringBlocked.value = false
    }
    if (!inCall(next.state)) {
      speaker.srcObject = null
      sent.value = ''
    }
  }

  function play(stream: MediaStream): void {
    speaker.srcObject = stream
    void speaker.play().catch(() => undefined)
  }

  async function start(access: SoftphoneAccess): Promise<void> {
    phone ??= new Phone(await lineFactory(), { view: show, audio: play })
    phone.start({
      url: address(access.ws_path),
      uri: access.uri,
      username: access.username,
      ticket: async () => (await api.softphoneTicket()).password,
    })
  }

  function unlock(): void {
    ring.unlock()
    if (ringBlocked.value) window.setTimeout(() => (ringBlocked.value = ringing.value && ring.blocked), 200)
  }

  function dtmf(digit: string): void {
    if (phone?.dtmf(digit)) sent.value = (sent.value + digit).slice(-16)
  }

  return {
    view, sent, state, ringing, busy, conversation, cutOff, ringBlocked, start, unlock,
    stop: () => phone?.stop(),
    retry: () => phone?.retry(),
    probe: () => phone?.probe(),
    answer: () => phone?.answer() ?? false,
    hangUp: () => phone?.hangUp() ?? false,
    toggleHold: () => phone?.toggleHold() ?? false,
    toggleMute: () => phone?.toggleMute() ?? false,
    dtmf,
    settle: () => phone?.settle() ?? false,
    testRing: () => ring.test(),
  }
})
