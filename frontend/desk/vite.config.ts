import { fileURLToPath } from 'node:url'

import vue from '@vitejs/plugin-vue'
import type { PluginOption } from 'vite'
import { defineConfig } from 'vite'

import { alias } from '../aliases.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig(async ({ command, mode }) => {
  const plugins: PluginOption[] = [vue()]
  if (command === 'serve' && mode === 'mock') plugins.push((await import('./dev/plugin.ts')).mockServer())
  return {
    root: here('.'),
    base: '/static/desk/',
    plugins,
    resolve: { alias },
    define: { __VUE_I18N_LEGACY_API__: 'false', __VUE_I18N_FULL_INSTALL__: 'false' },
    server: {
      proxy: {
        '/api': { target: process.env.SPRINGLINE_WEB ?? 'http://127.0.0.1:8400' },
        '/sip': { target: process.env.SPRINGLINE_WEB ?? 'http://127.0.0.1:8400', ws: true },
      },
    },
    build: {
      outDir: here('./dist'),
      emptyOutDir: true,
      // A strict CSP allows no data: fonts or images.
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 700,
    },
  }
})
