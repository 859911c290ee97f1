/** What stores touch of a browser; the tests run without one. */
import { vi } from 'vitest'

const kept = new Map<string, string>()
vi.stubGlobal('window', globalThis)
vi.stubGlobal('localStorage', {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => kept.set(key, value),
})
vi.stubGlobal(
  'Audio',
  class {
    autoplay = true
  },
)
