/** What the address of the sign-in page tells. */
export interface Arrival {
  /** The code of what went wrong, or null. */
  readonly problem: string | null
  readonly requestId: string
}

/** Where one signs in, so that one comes back to this page. */
export function signInAddress(way: string, page: string, language: string): string {
  return `${way}?${new URLSearchParams({ next: page, lang: language }).toString()}`
}

type Query = Readonly<Record<string, unknown>>

const text = (query: Query, name: string): string => {
  const value = query[name]
  return typeof value === 'string' ? value : ''
}

const SIGN_IN_CODE = /^sign-(in|out)-[a-z-]{1,40}$/
const REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/

/** Anybody can make such an address: only codes of signing in count, and ids that look like one. */
export function arrivalOf(query: Query): Arrival {
  const problem = text(query, 'problem')
  const requestId = text(query, 'request')
  return {
    problem: SIGN_IN_CODE.test(problem) ? problem : null,
    requestId: REQUEST_ID.test(requestId) ? requestId : '',
  }
}

/** The page to go on to after signing in: the one that was asked for before, else this one. */
export function pageAfter(path: string, fullPath: string, query: Query): string {
  return path === '/sign-in' ? text(query, 'next') || '/' : fullPath
}
