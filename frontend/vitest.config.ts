import { defineConfig } from 'vitest/config'

import { alias } from './aliases.ts'

export default defineConfig({
  resolve: { alias },
  test: {
    setupFiles: ['desk/src/__tests__/browser.ts'],
    include: ['{desk,courier}/src/**/__tests__/*.test.ts', 'shared/**/__tests__/*.test.ts'],
  },
})
