import type { Plugin } from 'vite'

/** Placeholder so that configuration type checks; the mock server follows. */
export const mockServer = (): Plugin => ({ name: 'springline-mock' })
