import type { FeeStep, Money } from '@/api/types'

/** A stretch of time in which giving a ticket back costs the same. */
export interface Stretch {
  /** Null: from now. */
  readonly from: string | null
  /** Null: without end. */
  readonly until: string | null
  readonly kind: 'free' | 'fee' | 'none'
  readonly fee: Money | null
  readonly proof: boolean
  /** How much of the bar it takes: time to scale, but none so small that its text is lost. */
  readonly weight: number
}

const DAY = 86_400_000
const OPEN_END = 3 * DAY

function kindOf(step: FeeStep): Stretch['kind'] {
  if (step.fee === null) return 'none'
  return step.fee.amount === 0 ? 'free' : 'fee'
}

/** The refund line of an offer from a moment on: what is over is left out. */
export function refundLine(steps: readonly FeeStep[], now: number): Stretch[] {
  return steps
    .filter((step) => step.valid_until === null || Date.parse(step.valid_until) > now)
    .map((step) => {
      const start = Math.max(now, Date.parse(step.valid_from ?? '') || 0)
      const end = step.valid_until === null ? start + OPEN_END : Date.parse(step.valid_until)
      return {
        from: start > now ? step.valid_from : null,
        until: step.valid_until,
        kind: kindOf(step),
        fee: step.fee,
        proof: step.proof,
        weight: Math.min(3, Math.max(1, (end - start) / (7 * DAY))),
      }
    })
}
