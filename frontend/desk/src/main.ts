import { createPinia } from 'pinia'
import { createApp } from 'vue'

import App from './App.vue'
import { useElement } from './element'
import { currentLocale, i18n, setLocale } from './i18n'
import { applyTheme } from '@shared/theme'
import './styles/theme.css'
import '@shared/styles/reset.css'
import './styles/base.css'
import './styles/controls.css'
import './styles/marks.css'
import './styles/panels.css'

applyTheme()
setLocale(currentLocale(), false)

const app = createApp(App)
app.use(createPinia())
app.use(i18n)
useElement(app)
app.mount('#app')
