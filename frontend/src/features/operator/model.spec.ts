import { describe, expect, it } from 'vitest'
import type { Case, Difference, Run } from '@/api/types'
import { cameRight, canSay, doubtAbout, stateOf } from './model'

const row = (fields: Partial<Case> = {}): Case =>
  ({ answers: [true, false], booking_code: '', seen: null, ...fields }) as Case
const run = (fields: Partial<Run>): Run => ({ ended_at: null, stopped: '', ...fields }) as Run
const difference = (fields: Partial<Difference>): Difference => fields as Difference

describe('a case', () => {
  it('has the answers that the server gives it', () => {
    expect(canSay(row(), true)).toBe(true)
    expect(canSay(row({ answers: [false] }), true)).toBe(false)
  })
})

describe('a booking number', () => {
  it('is needed and has the form of one', () => {
    expect(doubtAbout('  ', row())).toBe('missing')
    expect(doubtAbout('A1', row())).toBe('malformed')
    expect(doubtAbout('seen by phone!', row())).toBe('malformed')
    expect(doubtAbout('uf mkn7', row())).toBe('none')
  })
  it('that is not the one we know is said, and may be right', () => {
    expect(doubtAbout('ufmkn7', row({ booking_code: 'UFMKN7' }))).toBe('none')
    expect(doubtAbout('XY77', row({ booking_code: 'UFMKN7' }))).toBe('other')
    const seen = { booking_code: 'XY77' } as Case['seen']
    expect(doubtAbout('XY77', row({ booking_code: 'UFMKN7', seen }))).toBe('none')
  })
})

describe('a comparison', () => {
  it('goes on, waits, is done or was given up', () => {
    expect(stateOf(null)).toBe('never')
    expect(stateOf(run({}))).toBe('going')
    expect(stateOf(run({ stopped: 'distributor-unavailable' }))).toBe('waiting')
    expect(stateOf(run({ ended_at: '2026-11-21T01:40:00Z' }))).toBe('done')
    expect(stateOf(run({ ended_at: '2026-11-21T07:40:00Z', stopped: 'distributor-unavailable' }))).toBe('given-up')
  })
})

describe('a difference', () => {
  it('came right by itself when nobody closed it', () => {
    expect(cameRight(difference({ resolution: 'gone', resolved_by: '' }))).toBe(true)
    expect(cameRight(difference({ resolution: 'gone', resolved_by: 'Ruth Frei' }))).toBe(false)
  })
})
