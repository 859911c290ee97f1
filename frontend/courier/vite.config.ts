import { fileURLToPath } from 'node:url'

import vue from '@vitejs/plugin-vue'
import { defineConfig, type PluginOption } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'

import { alias } from '../aliases.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const PAGE = '/courier/'

const icon = (name: string, size: number, purpose: 'any' | 'maskable') => ({
  src: `${name}-${size}.png`, sizes: `${size}x${size}`, type: 'image/png', purpose,
})

// The page is /courier/, everything else lies under /static/courier/; the web process widens the worker's scope.
const installable = VitePWA({
  registerType: 'prompt',
  scope: PAGE,
  manifest: {
    id: PAGE,
    start_url: PAGE,
    scope: PAGE,
    name: '泉线配送',
    short_name: '泉线配送',
    description: '送水任务、水票、收款和交款，没有网络也能用。',
    lang: 'zh-CN',
    display: 'standalone',
    orientation: 'portrait',
    theme_color: '#0d4f87',
    background_color: '#ffffff',
    icons: [icon('icon', 192, 'any'), icon('icon', 512, 'any'), icon('maskable', 512, 'maskable')],
  },
  workbox: {
    globPatterns: ['**/*.{js,css,html,svg,png}'],
    navigateFallback: 'index.html',
    navigateFallbackAllowlist: [new RegExp(`^${PAGE}`)],
    inlineWorkboxRuntime: true,
    cleanupOutdatedCaches: true,
  },
})

export default defineConfig(async ({ command, mode }) => {
  const plugins: PluginOption[] = [vue(), installable]
  if (command === 'serve' && mode === 'mock') plugins.push((await import('./dev/plugin.ts')).mockServer())
  return {
    root: here('.'),
    base: '/static/courier/',
    plugins,
    resolve: { alias },
    define: { __VUE_I18N_LEGACY_API__: 'false', __VUE_I18N_FULL_INSTALL__: 'false' },
    server: { proxy: { '/api': { target: process.env.SPRINGLINE_WEB ?? 'http://127.0.0.1:8400' } } },
    build: { outDir: here('./dist'), emptyOutDir: true, assetsInlineLimit: 0 },
  }
})
