import { shallowRef } from 'vue'

interface InstallEvent extends Event {
  prompt: () => Promise<unknown>
}

/** The browser's offer to install the app, once it made one. */
export const installer = shallowRef<InstallEvent | null>(null)

window.addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault()
  installer.value = event as InstallEvent
})
window.addEventListener('appinstalled', () => (installer.value = null))
