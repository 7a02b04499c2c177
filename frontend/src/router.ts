import { createRouter, createWebHistory } from 'vue-router'
import { loadAnew } from '@/lib/anew'

/** Every address of the page. Who may see what is decided by the server; the page only leaves out what would refuse. */
export const router = createRouter({
  history: createWebHistory('/'),
  routes: [
    { path: '/', component: () => import('@/pages/StartPage.vue') },
    // For whoever is not signed in this address shows the sign-in page, as every other does.
    { path: '/sign-in', component: () => import('@/pages/StartPage.vue') },
    { path: '/sell', component: () => import('@/pages/SellPage.vue') },
    { path: '/orders', component: () => import('@/pages/OrdersPage.vue') },
    { path: '/orders/:number', component: () => import('@/pages/OrderPage.vue'), props: true },
    { path: '/worklist', component: () => import('@/pages/WorklistPage.vue') },
    {
      path: '/users',
      children: [
        { path: '', component: () => import('@/pages/UsersPage.vue'), props: { part: 'people' } },
        { path: 'branches', component: () => import('@/pages/UsersPage.vue'), props: { part: 'branches' } },
        { path: 'changes', component: () => import('@/pages/UsersPage.vue'), props: { part: 'story' } },
      ],
    },
    { path: '/agencies', component: () => import('@/pages/AgenciesPage.vue') },
    // For who has no account to sign in with yet.
    { path: '/welcome', component: () => import('@/pages/WelcomePage.vue'), meta: { alone: true } },
    { path: '/:rest(.*)*', component: () => import('@/pages/NothingHerePage.vue') },
  ],
})

router.afterEach((to, from) => {
  if (to.path !== from.path) globalThis.scrollTo({ top: 0 })
})

// All that can go wrong on the way to a page is that its files do not come: a tab may stay open over several releases.
router.onError((_error, to) => loadAnew(to.fullPath))
