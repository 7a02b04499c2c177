import { createRouter, createWebHistory } from 'vue-router'

/** Every address of the page. Who may see what is decided by the server; the page only leaves out what would refuse. */
export const router = createRouter({
  history: createWebHistory('/'),
  routes: [
    { path: '/', component: () => import('@/pages/StartPage.vue') },
    { path: '/sell', component: () => import('@/pages/SellPage.vue') },
    { path: '/orders', component: () => import('@/pages/OrdersPage.vue') },
    { path: '/orders/:number', component: () => import('@/pages/OrderPage.vue'), props: true },
    { path: '/:rest(.*)*', component: () => import('@/pages/NothingHerePage.vue') },
  ],
})

router.afterEach((to, from) => {
  if (to.path !== from.path) globalThis.scrollTo({ top: 0 })
})
