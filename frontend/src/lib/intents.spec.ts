// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest'
import { intentKey, newKey, settleIntent } from './intents'

describe('the key of an intent', () => {
  beforeEach(() => {
    localStorage.clear()
  })
  it('is a random UUID of version 4', () => {
    expect(newKey()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })
  it('stays the same for a double click', () => {
    expect(intentKey('sale:AC0000012')).toBe(intentKey('sale:AC0000012'))
    expect(intentKey('sale:AC0000012')).not.toBe(intentKey('sale:AC0000013'))
  })
  it('is new once the outcome is known', () => {
    const first = intentKey('sale:AC0000012')
    settleIntent('sale:AC0000012')
    expect(intentKey('sale:AC0000012')).not.toBe(first)
  })
})
