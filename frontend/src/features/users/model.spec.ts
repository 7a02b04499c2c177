import { describe, expect, it } from 'vitest'
import type { User } from '@/api/users'
import { touched, whyClosed, whyFixed } from './model'

const ida: User = {
  id: 7,
  first_name: 'Ida',
  last_name: 'Amrein',
  email: 'ida@agency.example',
  username: 'ida@agency.example',
  branch: null,
  permissions: ['sell'],
  state: 'active',
  last_login: null,
  changing: '',
  you: false,
  shared: false,
}

describe('a right that cannot be switched says why', () => {
  it('is switched by who has it', () => {
    expect(whyFixed(ida, 'refund', ['refund', 'admin'])).toBe('')
  })
  it('is taken by an admin who does not have it, but not given', () => {
    expect(whyFixed(ida, 'sell', ['admin'])).toBe('')
    expect(whyFixed(ida, 'refund', ['admin'])).toBe('why.notOwn')
  })
  it('is not one’s own, nor of somebody who is blocked or being changed', () => {
    expect(whyFixed({ ...ida, you: true }, 'sell', ['sell'])).toBe('why.you')
    expect(whyFixed({ ...ida, state: 'blocked' }, 'sell', ['sell'])).toBe('why.blocked')
    expect(whyFixed({ ...ida, changing: 'rights' }, 'sell', ['sell'])).toBe('why.changing')
  })
})

describe('an account is changed', () => {
  it('by who has all the rights that it has, and in one agency only', () => {
    expect(whyClosed(ida, ['sell', 'admin'])).toBe('')
    expect(whyClosed(ida, ['admin'])).toBe('why.more')
    expect(whyClosed({ ...ida, shared: true }, ['sell'])).toBe('why.shared')
  })
})

describe('the story of a change', () => {
  it('names what became different, and nothing else', () => {
    const change = {
      before: { first_name: 'Ida', branch: 'bern', permissions: ['sell'] },
      after: { first_name: 'Ada', branch: '', permissions: ['sell'], join: true },
    }
    expect(touched(change)).toEqual([
      { field: 'first_name', before: ['Ida'], after: ['Ada'] },
      { field: 'branch', before: ['bern'], after: [] },
    ])
  })
})
