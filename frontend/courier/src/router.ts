import { createRouter, createWebHistory } from 'vue-router'

import DayView from './views/DayView.vue'
import DeliverView from './views/DeliverView.vue'
import FailView from './views/FailView.vue'
import InboxView from './views/InboxView.vue'
import LoadsView from './views/LoadsView.vue'
import MeView from './views/MeView.vue'
import TasksView from './views/TasksView.vue'

// All in one piece: the network may be gone a second after the page came.
export const router = createRouter({
  history: createWebHistory(import.meta.env.DEV ? '/static/courier/' : '/courier/'),
  routes: [
    { path: '/', name: 'tasks', component: TasksView },
    { path: '/tasks/:id(\\d+)/deliver', name: 'deliver', component: DeliverView },
    { path: '/tasks/:id(\\d+)/fail', name: 'fail', component: FailView },
    { path: '/loads', name: 'loads', component: LoadsView },
    { path: '/day', name: 'day', component: DayView },
    { path: '/inbox', name: 'inbox', component: InboxView },
    { path: '/me', name: 'me', component: MeView },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})
