import type { Permission } from '@/api/types'
import type { Change, User } from '@/api/users'

export const PERMISSIONS: readonly Permission[] = ['sell', 'refund', 'finance', 'admin']

/** Why a right of somebody cannot be switched: a text's name, or empty where it can. */
export function whyFixed(user: User, permission: Permission, own: readonly Permission[]): string {
  if (user.you) return 'why.you'
  if (user.state === 'blocked') return 'why.blocked'
  if (user.changing !== '') return 'why.changing'
  if (!user.permissions.includes(permission) && !own.includes(permission)) return 'why.notOwn'
  return ''
}

/** Why name, address and way in of somebody cannot be changed: a text's name, or empty where they can. */
export function whyClosed(user: User, own: readonly Permission[]): string {
  if (user.state === 'blocked') return 'why.blocked'
  if (user.shared) return 'why.shared'
  if (user.permissions.some((permission) => !own.includes(permission))) return 'why.more'
  return ''
}

/** A field that a change touches, as it was and as it became. */
export interface Touched {
  readonly field: string
  readonly before: readonly string[]
  readonly after: readonly string[]
}

const HIDDEN = new Set(['join'])

function words(value: unknown): string[] {
  if (Array.isArray(value)) return value.filter((each): each is string => typeof each === 'string')
  if (typeof value === 'boolean') return [value ? 'yes' : 'no']
  return typeof value === 'string' && value !== '' ? [value] : []
}

/** What a change touches: fields that are the same before and after are left out. */
export function touched(change: Pick<Change, 'before' | 'after'>): Touched[] {
  const fields = Object.keys(change.after).filter((field) => !HIDDEN.has(field))
  return fields
    .map((field) => ({ field, before: words(change.before[field]), after: words(change.after[field]) }))
    .filter(({ before, after }) => before.join() !== after.join())
}
