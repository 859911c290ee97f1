import { ref } from 'vue'

const STORED = 'springline.theme'
const system = window.matchMedia('(prefers-color-scheme: dark)')

export const dark = ref(false)

/** Follows the system until a person chooses on this computer. */
export function applyTheme(): void {
  const stored = localStorage.getItem(STORED)
  dark.value = stored ? stored === 'dark' : system.matches
  document.documentElement.classList.toggle('dark', dark.value)
}

export function toggleTheme(): void {
  localStorage.setItem(STORED, dark.value ? 'light' : 'dark')
  applyTheme()
}

system.addEventListener('change', applyTheme)
