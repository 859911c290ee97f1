import { createRouter, createWebHistory } from 'vue-router'

import TasksView from './views/TasksView.vue'

// All in one piece but what is rarely looked at: it has to be there without a network, and it is small.
export const router = createRouter({
  history: createWebHistory(import.meta.env.DEV ? '/static/courier/' : '/courier/'),
  routes: [
    { path: '/', name: 'tasks', component: TasksView },
    { path: '/tasks/:id(\\d+)/deliver', name: 'deliver', component: () => import('./views/DeliverView.vue') },
    { path: '/tasks/:id(\\d+)/fail', name: 'fail', component: () => import('./views/FailView.vue') },
    { path: '/day', name: 'day', component: () => import('./views/DayView.vue') },
    { path: '/inbox', name: 'inbox', component: () => import('./views/InboxView.vue') },
    { path: '/me', name: 'me', component: () => import('./views/MeView.vue') },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})
