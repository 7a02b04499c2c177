import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { intentKey, settleIntent } from '@/lib/intents'
import { bodyOfSuccess, client } from './client'
import { isSettled, toProblem } from './problem'
import type { components } from './schema'
import type { Permission } from './types'

type Shapes = components['schemas']
export type User = Shapes['UserOut']
export type UserPage = Shapes['UserPageOut']
export type UserState = Shapes['UserState']
export type UserChange = Shapes['UserChangeIn']
export type Invited = Shapes['InvitedOut']
export type InviteIn = Shapes['InviteIn']
export type Link = Shapes['LinkOut']
export type Change = Shapes['ChangeOut']
export type ChangeState = Shapes['ChangeState']
export type Branch = Shapes['BranchOut']
export type Agency = Shapes['AgencyOut']
export type AgencyInvited = Shapes['AgencyInvitedOut']
export type AdminIn = Shapes['AdminIn']

export interface UserFilter {
  readonly q: string
  readonly state: UserState | ''
}

export const userKeys = {
  all: ['users'] as const,
  list: (filter: UserFilter) => ['users', 'list', filter] as const,
  story: (user: number | null) => ['users', 'story', user] as const,
}
const branchKey = ['branches'] as const
const agencyKey = ['agencies'] as const

/**
 * Sends a request under the key of its intent: the same one until it is certain what became of it.
 *
 * A lost answer is thus asked for again, not done again.
 */
async function once<T>(intent: string, send: (key: string) => Promise<T>): Promise<T> {
  try {
    const answer = await send(intentKey(intent))
    settleIntent(intent)
    return answer
  } catch (error) {
    if (isSettled(toProblem(error))) settleIntent(intent)
    throw error
  }
}
const keyed = (key: string): { header: { 'Idempotency-Key': string } } => ({ header: { 'Idempotency-Key': key } })
const of = (user: number): { path: { user: string } } => ({ path: { user: String(user) } })

async function listUsers({ q, state }: UserFilter, cursor: string): Promise<UserPage> {
  const query = {
    ...(q === '' ? {} : { q }),
    ...(state === '' ? {} : { state }),
    ...(cursor === '' ? {} : { cursor }),
  }
  return bodyOfSuccess(await client.GET('/api/v1/users', { params: { query } }))
}

/** The agency's people, asked for again as long as a change of one of them is under way. */
export function useUsers(filter: Ref<UserFilter>) {
  return useInfiniteQuery({
    queryKey: computed(() => userKeys.list(filter.value)),
    queryFn: ({ pageParam }) => listUsers(filter.value, pageParam),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: (previous) => previous,
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.results.some((user) => user.changing !== '')) ? 3000 : false,
    staleTime: 0,
  })
}

/** What was changed of a person (null: in the whole agency), newest first. */
export function useStory(user: Ref<number | null>, enabled: Ref<boolean>) {
  const read = async (cursor: string) => {
    const query = cursor === '' ? {} : { cursor }
    return user.value === null
      ? bodyOfSuccess(await client.GET('/api/v1/changes', { params: { query } }))
      : bodyOfSuccess(await client.GET('/api/v1/users/{user}/changes', { params: { ...of(user.value), query } }))
  }
  return useInfiniteQuery({
    queryKey: computed(() => userKeys.story(user.value)),
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    enabled,
    staleTime: 0,
  })
}

/** What an admin does to people. Each answer is in the list before it is read anew. */
export function useUserChanges() {
  const cache = useQueryClient()
  const renew = (): void => void cache.invalidateQueries({ queryKey: userKeys.all })
  const after = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer
    } finally {
      renew()
    }
  }
  return {
    invite: (body: InviteIn) =>
      after(
        once(`invite:${body.email}`, async (key) =>
          bodyOfSuccess(await client.POST('/api/v1/users', { params: keyed(key), body })),
        ),
      ),
    change: (user: number, body: UserChange) =>
      after(client.PATCH('/api/v1/users/{user}', { params: of(user), body }).then(bodyOfSuccess)),
    permit: (user: number, permission: Permission, given: boolean) =>
      after(
        client
          .PATCH('/api/v1/users/{user}/permissions', { params: of(user), body: { [permission]: given } })
          .then(bodyOfSuccess),
      ),
    block: (user: number) =>
      after(client.POST('/api/v1/users/{user}/block', { params: of(user) }).then(bodyOfSuccess)),
    unblock: (user: number) =>
      after(client.DELETE('/api/v1/users/{user}/block', { params: of(user) }).then(bodyOfSuccess)),
    signOut: (user: number) =>
      after(client.DELETE('/api/v1/users/{user}/sessions', { params: of(user) }).then(bodyOfSuccess)),
    inviteAgain: (user: number) =>
      after(
        once(`link:${String(user)}`, async (key) =>
          bodyOfSuccess(
            await client.POST('/api/v1/users/{user}/invitation', {
              params: { ...of(user), ...keyed(key) },
            }),
          ),
        ),
      ),
  }
}

/** The agency's branches: the first hundred, which is more than an agency has. */
export function useBranches() {
  return useQuery({
    queryKey: branchKey,
    queryFn: async () => bodyOfSuccess(await client.GET('/api/v1/branches')).results,
    staleTime: 30_000,
  })
}

export function useBranchChanges() {
  const cache = useQueryClient()
  const renew = (): void => {
    void cache.invalidateQueries({ queryKey: branchKey })
    void cache.invalidateQueries({ queryKey: userKeys.all })
  }
  return {
    open: async (code: string, name: string): Promise<Branch> => {
      const opened = await once(`branch:${code}`, async (key) =>
        bodyOfSuccess(await client.POST('/api/v1/branches', { params: keyed(key), body: { code, name } })),
      )
      renew()
      return opened
    },
    change: async (branch: number, body: { name?: string; active?: boolean }): Promise<void> => {
      await client.PATCH('/api/v1/branches/{branch}', { params: { path: { branch: String(branch) } }, body })
      renew()
    },
  }
}

export function useAgencies() {
  return useInfiniteQuery({
    queryKey: agencyKey,
    queryFn: async ({ pageParam }) =>
      bodyOfSuccess(
        await client.GET('/api/v1/agencies', {
          params: { query: pageParam === '' ? {} : { cursor: pageParam } },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 0,
  })
}

export function useAgencyChanges() {
  const cache = useQueryClient()
  const after = async <T>(answer: Promise<T>): Promise<T> => {
    const value = await answer
    void cache.invalidateQueries({ queryKey: agencyKey })
    return value
  }
  return {
    create: (code: string, name: string, admin: AdminIn) =>
      after(
        once(`agency:${code}`, async (key) =>
          bodyOfSuccess(await client.POST('/api/v1/agencies', { params: keyed(key), body: { code, name, admin } })),
        ),
      ),
    invite: (agency: string, body: AdminIn) =>
      after(
        once(`admin:${agency}:${body.email}`, async (key) =>
          bodyOfSuccess(
            await client.POST('/api/v1/agencies/{agency}/admins', {
              params: { path: { agency }, ...keyed(key) },
              body,
            }),
          ),
        ),
      ),
    change: (agency: string, body: { name?: string; active?: boolean }) =>
      after(client.PATCH('/api/v1/agencies/{agency}', { params: { path: { agency } }, body }).then(bodyOfSuccess)),
  }
}
