import { createPinia } from 'pinia'
import { createApp } from 'vue'

import { applyTheme } from '@shared/theme'
import App from './App.vue'
import { currentLocale, i18n, setLocale } from './i18n'
import './install'
import { router } from './router'
// Only what is used, and none of Vant's icon font, which names a foreign host.
import 'vant/es/style/base.css'
import 'vant/es/badge/index.css'
import 'vant/es/loading/index.css'
import 'vant/es/pull-refresh/index.css'
import 'vant/es/tabbar/index.css'
import 'vant/es/tabbar-item/index.css'
import './styles/theme.css'
import '@shared/styles/reset.css'
import './styles/base.css'

applyTheme()
setLocale(currentLocale(), false)

createApp(App).use(createPinia()).use(i18n).use(router).mount('#app')
