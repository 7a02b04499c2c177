import { useQuery, useQueryClient, type QueryClient } from '@tanstack/vue-query'
import { computed, ref, type ComputedRef } from 'vue'
import { bodyOfSuccess, client as api, onSignedOut, setCsrfToken } from './client'
import { ApiProblem } from './problem'
import type { Permission, Session } from './types'

export const sessionKey = ['session'] as const

const isNotSession = (query: { readonly queryKey: readonly unknown[] }): boolean =>
  query.queryKey[0] !== sessionKey[0]

/** Who is signed in, or null. */
async function readSession(): Promise<Session | null> {
  try {
    const data = bodyOfSuccess(await api.GET('/api/v1/session'))
    setCsrfToken(data.csrf_token)
    return data
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) {
      signIn.value = { mode: error.fact('auth_mode') || 'local', url: error.fact('login_url') }
      return null
    }
    throw error
  }
}

/** How one signs in here: with a password on this page, or at another address. */
const signIn = ref({ mode: 'local', url: '' })

/** True while somebody who was working has to sign in again. The page stays as it is behind the dialog. */
export const sessionEnded = ref(false)

export const sessionQuery = {
  queryKey: sessionKey,
  queryFn: readSession,
  staleTime: 5 * 60_000,
  retry: 2,
}

/** The session as every part of the page sees it. */
export function useSession(): {
  session: ComputedRef<Session | null>
  signInWay: typeof signIn
  may: (permission: Permission) => boolean
} {
  const { data } = useQuery(sessionQuery)
  const session = computed(() => data.value ?? null)
  return {
    session,
    signInWay: signIn,
    may: (permission) => session.value?.permissions.includes(permission) ?? false,
  }
}

/** Makes an answer "not signed in" open the dialog instead of leaving the page. */
export function watchSession(client: QueryClient): void {
  onSignedOut(() => {
    if (client.getQueryData(sessionKey)) sessionEnded.value = true
  })
}

async function freshToken(): Promise<void> {
  await readSession()
}

export function useSignIn(): (username: string, password: string) => Promise<Session> {
  const client = useQueryClient()
  return async (username, password) => {
    await freshToken()
    const data = bodyOfSuccess(await api.POST('/api/v1/session', { body: { username, password } }))
    setCsrfToken(data.csrf_token)
    client.setQueryData(sessionKey, data)
    sessionEnded.value = false
    await client.invalidateQueries({ predicate: isNotSession })
    return data
  }
}

export function useSignOut(): () => Promise<void> {
  const client = useQueryClient()
  return async () => {
    await api.DELETE('/api/v1/session')
    client.setQueryData(sessionKey, null)
    client.removeQueries({ predicate: isNotSession })
  }
}
