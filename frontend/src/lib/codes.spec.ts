import { describe, expect, it } from 'vitest'
import { codeOf } from './codes'

describe('a code out of a name', () => {
  it.each([
    ['Zürich Löwenstrasse', 'zuerich-loewenstrasse'],
    ['Genève-Cornavin', 'geneve-cornavin'],
    ['  Büro 2 / Süd  ', 'buero-2-sued'],
    ['—', ''],
  ])('%s is %s', (name, code) => {
    expect(codeOf(name)).toBe(code)
  })

  it('has fifty letters at most and ends with none of its hyphens', () => {
    expect(codeOf(`${'a'.repeat(49)} b`)).toBe('a'.repeat(49))
  })
})
