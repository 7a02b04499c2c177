import createClient, { type Middleware } from 'openapi-fetch'
import { noteServerTime } from '@/lib/now'
import { problemOf, type ApiProblem } from './problem'
import type { paths } from './schema'

let token = ''
let whenSignedOut: (problem: ApiProblem) => void = () => undefined

/** The token that every changing request carries; it comes with the session. */
export function setCsrfToken(given: string): void {
  token = given
}

/** The same, for a form of the page's own. */
export const csrfToken = (): string => token

/** Called when an answer says that nobody is signed in (any more). */
export function onSignedOut(act: (problem: ApiProblem) => void): void {
  whenSignedOut = act
}

function refused(problem: ApiProblem, path: string): ApiProblem {
  const given = problem.fact('csrf_token')
  if (given !== '') setCsrfToken(given)
  if (problem.code === 'not-signed-in' && path !== '/api/v1/session') whenSignedOut(problem)
  return problem
}

async function bodyOf(response: Response): Promise<unknown> {
  try {
    return (await response.clone().json()) as unknown
  } catch {
    return null
  }
}

const middleware: Middleware = {
  onRequest({ request }) {
    if (request.method !== 'GET') request.headers.set('X-CSRFToken', token)
    return request
  },
  async onResponse({ response, schemaPath }) {
    noteServerTime(Date.parse(response.headers.get('Date') ?? ''))
    if (!response.ok) throw refused(problemOf(response.status, await bodyOf(response)), schemaPath)
  },
}

/** The one way to the server. An answer that is not a success is thrown as an `ApiProblem`. */
export const client = createClient<paths>({
  baseUrl: globalThis.location.origin,
  credentials: 'same-origin',
})
client.use(middleware)

interface Answer<T> {
  readonly data?: T
  readonly response: Response
}

/** The body of a success. */
export function bodyOfSuccess<T>(answer: Answer<T>): T {
  if (answer.data === undefined) throw problemOf(answer.response.status, null)
  return answer.data
}
