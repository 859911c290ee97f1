import { ref } from 'vue'

import type { ActionId } from './keymap'

/** What Ctrl+Enter does where the keyboard is now, so that no button promises it while another one would run. */
export const ctrlEnter = ref<ActionId | null>(null)
