import { describe, expect, it } from 'vitest'
import { refundLine } from './refundLine'

const fee = (amount: number) => ({ amount, currency: 'CHF' })
const NOW = Date.parse('2026-11-21T10:00:00+01:00')
const TRAVEL = '2026-12-12T00:00:00+01:00'

describe('the refund line', () => {
  it('runs from now to travel and after', () => {
    const line = refundLine(
      [
        { valid_from: null, valid_until: TRAVEL, fee: fee(0), proof: false },
        { valid_from: TRAVEL, valid_until: null, fee: fee(1000), proof: true },
      ],
      NOW,
    )
    expect(line).toEqual([
      { from: null, until: TRAVEL, kind: 'free', fee: fee(0), proof: false, weight: expect.closeTo(2.94, 2) as number },
      { from: TRAVEL, until: null, kind: 'fee', fee: fee(1000), proof: true, weight: 1 },
    ])
  })
  it('says when nothing comes back and leaves out what is over', () => {
    const line = refundLine(
      [
        { valid_from: null, valid_until: '2026-11-21T09:00:00+01:00', fee: fee(0), proof: false },
        { valid_from: '2026-11-21T09:00:00+01:00', valid_until: null, fee: null, proof: false },
      ],
      NOW,
    )
    expect(line.map(({ kind, from }) => [kind, from])).toEqual([['none', null]])
  })
})
