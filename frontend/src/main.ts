import '@fontsource-variable/inter/wght.css'
import '@/styles/tokens.css'
import '@/styles/base.css'
import '@/ui/controls.css'
import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'
import { ApiProblem } from '@/api/problem'
import { watchSession } from '@/api/session'
import { i18n } from '@/i18n'
import { currentTheme, setTheme } from '@/lib/theme'
import App from './App.vue'
import { router } from './router'

// A refusal is an answer: only what never got through is asked again, and only reads are.
const client = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) =>
        failures < 2 && !(error instanceof ApiProblem && error.status > 0 && error.status < 500),
      refetchOnWindowFocus: false,
    },
    mutations: { retry: false },
  },
})

setTheme(currentTheme())
watchSession(client)
createApp(App).use(i18n).use(router).use(VueQueryPlugin, { queryClient: client }).mount('#app')
