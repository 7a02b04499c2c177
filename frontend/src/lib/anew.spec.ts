// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { loadAnew } from './anew'

const pageOf = (entry: string): string => `<!doctype html><script type="module" src="/static/assets/${entry}"></script>`

describe('a part of the page that is gone', () => {
  const went: string[] = []
  const go = (path: string): void => {
    went.push(path)
  }
  const served = (answer: () => Promise<Response>): void => {
    vi.stubGlobal('fetch', answer)
  }
  beforeEach(() => {
    went.length = 0
    document.documentElement.innerHTML = '<head><script type="module" src="/static/assets/index-1aaa.js"></script></head>'
  })
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  it('loads the page anew when the server has another release', async () => {
    served(() => Promise.resolve(new Response(pageOf('index-2bbb.js'))))
    await loadAnew('/orders?q=1', go)
    expect(went).toEqual(['/orders?q=1'])
  })
  it('changes nothing when the release is the same: it would fail again', async () => {
    served(() => Promise.resolve(new Response(pageOf('index-1aaa.js'))))
    await loadAnew('/orders', go)
    expect(went).toEqual([])
  })
  it('keeps the page that is open when nobody answers, or not with a page', async () => {
    served(() => Promise.reject(new TypeError('offline')))
    await loadAnew('/orders', go)
    served(() => Promise.resolve(new Response('not built', { status: 503 })))
    await loadAnew('/orders', go)
    expect(went).toEqual([])
  })
})
