import { describe, expect, it } from 'vitest'
import { formatAmount, formatMoney, sameMoney } from './money'

describe('money', () => {
  it('writes thousands with an apostrophe and always both decimals', () => {
    expect(formatAmount({ amount: 1_234_560, currency: 'CHF' })).toBe("12'345.60")
    expect(formatAmount({ amount: 5200, currency: 'CHF' })).toBe('52.00')
  })
  it('writes a loss with a minus sign', () => {
    expect(formatAmount({ amount: -130, currency: 'CHF' })).toBe('−1.30')
  })
  it('knows currencies without minor units', () => {
    expect(formatMoney({ amount: 520, currency: 'JPY' })).toBe('JPY\u00a0520')
  })
  it('compares amount and currency', () => {
    expect(sameMoney({ amount: 1, currency: 'CHF' }, { amount: 1, currency: 'CHF' })).toBe(true)
    expect(sameMoney({ amount: 1, currency: 'CHF' }, { amount: 1, currency: 'EUR' })).toBe(false)
  })
})
