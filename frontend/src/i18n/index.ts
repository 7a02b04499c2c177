import { createI18n } from 'vue-i18n'
import { recall, remember } from '@/lib/storage'
import de from './locales/de.json'
import en from './locales/en.json'
import fr from './locales/fr.json'
import it from './locales/it.json'

export const LANGUAGES = ['de', 'fr', 'it', 'en'] as const
export type Language = (typeof LANGUAGES)[number]

const isLanguage = (value: unknown): value is Language => LANGUAGES.some((known) => known === value)

/** The language chosen here before, or the browser's first one that the page has. */
function firstLanguage(): Language {
  const chosen = recall('language')
  if (isLanguage(chosen)) return chosen
  return navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage) ?? 'de'
}

export const i18n = createI18n({
  legacy: false,
  locale: firstLanguage(),
  fallbackLocale: 'en',
  messages: { de, fr, it, en },
})

export function setLanguage(language: Language): void {
  i18n.global.locale.value = language
  remember('language', language)
  document.documentElement.lang = language
}

/** Whether there is a text for a key whose last part the server sent. */
export const hasText = (key: string): boolean => i18n.global.te(key, 'en')

export const language = (): Language => i18n.global.locale.value

document.documentElement.lang = language()
