// @vitest-environment jsdom
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { i18n, LANGUAGES, setLanguage, type Language } from '@/i18n'
import UiProblem from './UiProblem.vue'

const codes = ['distributor-unavailable', 'distributor-busy', 'distributor-paused', 'distributor-slow']
const IN_15_SECONDS = { de: 'in 15 Sekunden', fr: 'dans 15 secondes', it: 'tra 15 secondi', en: 'in 15 seconds' }
const SOON = { de: 'in einem Moment', fr: 'dans un instant', it: 'tra poco', en: 'in a moment' }

function shown(code: string, language: Language, facts = {}): string {
  setLanguage(language)
  return mount(UiProblem, { props: { code, facts }, global: { plugins: [i18n] } }).text()
}

describe.each(codes)('%s', (code) => {
  it.each(LANGUAGES)('says in %s when to try again, as far as it is known', (language) => {
    expect(shown(code, language, { retry_after: 15 })).toContain(IN_15_SECONDS[language])
    expect(shown(code, language)).toContain(SOON[language])
  })
})

describe('a quote that stands in the way', () => {
  it.each(LANGUAGES)('says in %s until when', (language) => {
    expect(shown('quote-blocked', language, { until: '2026-11-21T13:32:00Z' })).toContain('14:32')
    expect(shown('quote-blocked', language)).toMatch(/20 [Mm]in/)
  })
})
