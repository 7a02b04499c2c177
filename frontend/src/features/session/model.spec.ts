import { describe, expect, it } from 'vitest'
import { arrivalOf, pageAfter, signInAddress } from './model'

describe('the way to sign in', () => {
  it('leads back to the page, in its language', () => {
    expect(signInAddress('/auth/login', '/sell?search=a&day=1', 'fr')).toBe(
      '/auth/login?next=%2Fsell%3Fsearch%3Da%26day%3D1&lang=fr',
    )
  })
  it('goes on from the page that is open', () => {
    expect(pageAfter('/sell', '/sell?search=a', {})).toBe('/sell?search=a')
  })
  it('goes on to what was asked for before it failed', () => {
    expect(pageAfter('/sign-in', '/sign-in?next=x', { next: '/orders' })).toBe('/orders')
    expect(pageAfter('/sign-in', '/sign-in', {})).toBe('/')
  })
})

describe('the address of a failed sign-in', () => {
  it('tells what went wrong and the number of the request', () => {
    expect(arrivalOf({ problem: 'sign-in-expired', request: '0123456789abcdef' })).toEqual({
      problem: 'sign-in-expired',
      requestId: '0123456789abcdef',
    })
  })
  it.each(['order-empty', 'Call 0900 now', ['sign-in-expired'], undefined])(
    'says nothing that somebody else wrote there: %s',
    (problem) => {
      expect(arrivalOf({ problem, request: 'call 0900 now' })).toEqual({ problem: null, requestId: '' })
    },
  )
})
