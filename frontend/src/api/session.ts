import { useQuery, useQueryClient, type QueryClient } from '@tanstack/vue-query'
import { computed, ref, type ComputedRef } from 'vue'
import { submitForm } from '@/lib/forms'
import { bodyOfSuccess, client as api, csrfToken, onSignedOut, setCsrfToken } from './client'
import { ApiProblem } from './problem'
import type { Permission, Session, Workplace } from './types'

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
      learnWay(error)
      return null
    }
    throw error
  }
}

/** How one signs in here: with a password on this page, or at another address. */
const signIn = ref({ mode: 'local', url: '' })

function learnWay(problem: ApiProblem): void {
  signIn.value = { mode: problem.fact('auth_mode') || 'local', url: problem.fact('login_url') }
}

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
  isOperator: ComputedRef<boolean>
} {
  const { data } = useQuery(sessionQuery)
  const session = computed(() => data.value ?? null)
  return {
    session,
    signInWay: signIn,
    isOperator: computed(() => session.value?.role === 'operator'),
    may: (permission) => session.value?.permissions.includes(permission) ?? false,
  }
}

/** Makes an answer "not signed in" open the dialog instead of leaving the page. */
export function watchSession(client: QueryClient): void {
  onSignedOut((problem) => {
    learnWay(problem)
    if (client.getQueryData(sessionKey)) sessionEnded.value = true
  })
}

/** Has a token for changes at hand, also for somebody who is not signed in. */
export async function readToken(): Promise<void> {
  await readSession()
}

export function useSignIn(): (username: string, password: string) => Promise<Session> {
  const client = useQueryClient()
  return async (username, password) => {
    await readToken()
    const data = bodyOfSuccess(await api.POST('/api/v1/session', { body: { username, password } }))
    setCsrfToken(data.csrf_token)
    client.setQueryData(sessionKey, data)
    sessionEnded.value = false
    await client.invalidateQueries({ predicate: isNotSession })
    return data
  }
}

/** Ends the session. Where people sign in elsewhere the browser goes there too, to sign out. */
export function useSignOut(): () => Promise<void> {
  const client = useQueryClient()
  return async () => {
    if (client.getQueryData<Session | null>(sessionKey)?.auth_mode === 'oidc') {
      await readToken()
      submitForm('/auth/logout', { csrfmiddlewaretoken: csrfToken() })
      return
    }
    await api.DELETE('/api/v1/session')
    client.setQueryData(sessionKey, null)
    client.removeQueries({ predicate: isNotSession })
  }
}

/** The agencies of the person with their branches; read when somebody wants to choose. */
export function useWorkplaces(): { workplaces: ComputedRef<readonly Workplace[]> } {
  const { data } = useQuery({
    queryKey: ['workplaces'],
    queryFn: async () => bodyOfSuccess(await api.GET('/api/v1/session/workplaces')).results,
  })
  return { workplaces: computed(() => data.value ?? []) }
}

/** Works for another agency, or in another branch. Everything that the page shows is of that agency then. */
export function useWorkplaceChoice(): (agency: string, branch: string | null) => Promise<void> {
  const client = useQueryClient()
  return async (agency, branch) => {
    const body = { agency, branch }
    const data = bodyOfSuccess(await api.PATCH('/api/v1/session', { body }))
    client.removeQueries({ predicate: isNotSession })
    client.setQueryData(sessionKey, data)
  }
}
