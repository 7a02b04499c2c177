import { describe, expect, it } from 'vitest'
import { fewNames } from './words'

describe('the names on a document', () => {
  it('are all there up to three, then counted', () => {
    expect(fewNames(['Anna Meier'])).toBe('Anna Meier')
    expect(fewNames(['Anna', 'Paul', 'Luca'])).toBe('Anna, Paul, Luca')
    expect(fewNames(['Anna', 'Paul', 'Luca', 'Emma', 'Noah'])).toBe('Anna, Paul, Luca +2')
  })
})
