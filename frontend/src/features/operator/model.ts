import type { Case, Difference, Run } from '@/api/types'

export const VIEWS = ['cases', 'differences', 'settled'] as const
export type View = (typeof VIEWS)[number]

/** Whether a case can be decided that way at all. */
export const canSay = (row: Case, happened: boolean): boolean => row.answers.includes(happened)

const plain = (code: string): string => code.replaceAll(/\s/g, '').toUpperCase()

/**
 * What is wrong with a booking number as it was typed: not one at all, or another one than the distributor has told us
 * for this hold. The second may be right, so it is only said.
 */
export function doubtAbout(typed: string, row: Case): 'none' | 'missing' | 'malformed' | 'other' {
  const code = plain(typed)
  if (code === '') return 'missing'
  if (!/^[A-Z0-9-]{3,40}$/.test(code)) return 'malformed'
  const known = [row.booking_code, row.seen?.booking_code ?? ''].filter(Boolean).map(plain)
  return known.length === 0 || known.includes(code) ? 'none' : 'other'
}

/** How the comparison stands that was begun last. */
export type RunState = 'never' | 'going' | 'waiting' | 'done' | 'given-up'

export function stateOf(run: Run | null): RunState {
  if (run === null) return 'never'
  if (run.ended_at === null) return run.stopped === '' ? 'going' : 'waiting'
  return run.stopped === '' ? 'done' : 'given-up'
}

/** The note of a difference that a later comparison did not find any more. */
export const GONE = 'gone'

export const cameRight = (row: Difference): boolean => row.resolution === GONE && row.resolved_by === ''
