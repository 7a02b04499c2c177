import { noteServerTime } from '@/lib/now'
import { ApiProblem, problemOf } from './problem'

const BASE = '/api/v1'

let csrfToken = ''
let whenSignedOut: () => void = () => undefined

/** The token that every changing request carries; it comes with the session. */
export function setCsrfToken(token: string): void {
  csrfToken = token
}

/** Called when an answer says that nobody is signed in (any more). */
export function onSignedOut(act: () => void): void {
  whenSignedOut = act
}

interface Options {
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly body?: unknown
  readonly key?: string
  readonly signal?: AbortSignal | undefined
}

export interface Answer<T> {
  readonly status: number
  readonly data: T
}

async function bodyOf(response: Response): Promise<unknown> {
  if (response.status === 204) return null
  try {
    return (await response.json()) as unknown
  } catch {
    return null
  }
}

export async function send<T>(method: string, path: string, options: Options = {}): Promise<Answer<T>> {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value !== undefined && value !== '') query.set(name, String(value))
  }
  const headers = new Headers({ Accept: 'application/json' })
  if (method !== 'GET') headers.set('X-CSRFToken', csrfToken)
  if (options.key !== undefined) headers.set('Idempotency-Key', options.key)
  if (options.body !== undefined) headers.set('Content-Type', 'application/json')
  const text = query.toString()
  const response = await fetch(`${BASE}${path}${text === '' ? '' : `?${text}`}`, {
    method,
    headers,
    credentials: 'same-origin',
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    ...(options.signal ? { signal: options.signal } : {}),
  })
  noteServerTime(Date.parse(response.headers.get('Date') ?? ''))
  const data = await bodyOf(response)
  if (response.ok) return { status: response.status, data: data as T }
  throw refused(problemOf(response.status, data), path)
}

function refused(problem: ApiProblem, path: string): ApiProblem {
  const token = problem.fact('csrf_token')
  if (token !== '') setCsrfToken(token)
  if (problem.code === 'not-signed-in' && path !== '/session') whenSignedOut()
  return problem
}
