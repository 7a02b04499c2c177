import type { MoneyValue } from '@/lib/money'

/** Facts of a problem: what the text of its code may name. */
export type Facts = Readonly<Record<string, unknown>>

export interface FieldProblem {
  readonly field: string
  readonly code: string
}

/** A refusal of the server: a stable code that every language translates, and its facts. */
export class ApiProblem extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    readonly facts: Facts = {},
    readonly fields: readonly FieldProblem[] = [],
    readonly requestId = '',
  ) {
    super(code)
    this.name = 'ApiProblem'
  }

  fact(name: string): string {
    const value = this.facts[name]
    return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

function fieldsOf(value: unknown): FieldProblem[] {
  if (!Array.isArray(value)) return []
  return value.filter(isRecord).map((entry) => ({
    field: textOf(entry['field']),
    code: textOf(entry['code']),
  }))
}

/** Reads an answer that is not a success; a proxy's HTML page becomes `internal-error` or `gateway`. */
export function problemOf(status: number, body: unknown): ApiProblem {
  if (!isRecord(body) || typeof body['code'] !== 'string') {
    return new ApiProblem(status >= 502 && status <= 504 ? 'gateway' : 'internal-error', status)
  }
  return new ApiProblem(
    body['code'],
    status,
    isRecord(body['facts']) ? body['facts'] : {},
    fieldsOf(body['fields']),
    textOf(body['request_id']),
  )
}

/** Any error as a problem that can be shown; what never reached the server is `offline`. */
export const toProblem = (error: unknown): ApiProblem =>
  error instanceof ApiProblem ? error : new ApiProblem('offline', 0)

const UNCERTAIN = new Set(['gateway', 'database-unavailable'])

/**
 * Whether it is certain what became of a request that changes something.
 *
 * Not after a lost connection, a gateway's error or without a database: then the same key must be
 * sent again.
 */
export const isSettled = (problem: ApiProblem): boolean =>
  problem.status !== 0 && problem.status !== 500 && !UNCERTAIN.has(problem.code)

/** The amounts of a `price-changed` refusal, where it tells them. */
export function changedPrice(problem: ApiProblem): { shown: MoneyValue; held: MoneyValue } | null {
  const { shown, held, currency } = problem.facts
  if (typeof shown !== 'number' || typeof held !== 'number') return null
  const unit = typeof currency === 'string' ? currency : 'CHF'
  return { shown: { amount: shown, currency: unit }, held: { amount: held, currency: unit } }
}
