import { describe, expect, it } from 'vitest'
import { changedPrice, isSettled, problemOf, toProblem } from './problem'

describe('a problem', () => {
  it('keeps code, facts and fields', () => {
    const problem = problemOf(422, {
      code: 'traveller-incomplete',
      facts: { traveller: 't1', field: 'birth_date' },
      fields: [{ field: 'when', code: 'required' }],
      request_id: 'r1',
    })
    expect(problem.code).toBe('traveller-incomplete')
    expect(problem.fact('traveller')).toBe('t1')
    expect(problem.fact('nothing')).toBe('')
    expect(problem.fields).toEqual([{ field: 'when', code: 'required' }])
    expect(problem.requestId).toBe('r1')
  })
  it("is a gateway's when the answer is not ours", () => {
    expect(problemOf(502, '<html>').code).toBe('gateway')
    expect(problemOf(500, null).code).toBe('internal-error')
  })
  it('is offline when nothing came back', () => {
    expect(toProblem(new TypeError('Failed to fetch')).code).toBe('offline')
  })
  it('is unsettled as long as it may have happened', () => {
    expect(isSettled(problemOf(409, { code: 'price-changed' }))).toBe(true)
    expect(isSettled(problemOf(503, { code: 'distributor-paused' }))).toBe(true)
    expect(isSettled(problemOf(504, ''))).toBe(false)
    expect(isSettled(problemOf(503, { code: 'database-unavailable' }))).toBe(false)
    expect(isSettled(toProblem(new TypeError('x')))).toBe(false)
  })
  it('tells both amounts of a changed price', () => {
    const problem = problemOf(409, {
      code: 'price-changed',
      facts: { shown: 2600, held: 2900, currency: 'CHF' },
    })
    expect(changedPrice(problem)?.held).toEqual({ amount: 2900, currency: 'CHF' })
    expect(changedPrice(problemOf(409, { code: 'price-changed' }))).toBeNull()
  })
})
