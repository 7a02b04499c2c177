import { describe, expect, it } from 'vitest'
import de from './locales/de.json'
import en from './locales/en.json'
import fr from './locales/fr.json'
import it_ from './locales/it.json'

type Tree = Record<string, Record<string, string>>
const placeholders = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g))].toSorted()

describe.each([
  ['de', de],
  ['fr', fr],
  ['it', it_],
] as [string, Tree][])('the texts in %s', (_, tree) => {
  const entries = Object.entries(en as Tree).flatMap(([section, texts]) =>
    Object.entries(texts).map(([name, text]): [string, string, string] => [section, name, text]),
  )
  it.each(entries)('have %s.%s with the same facts', (section, name, text) => {
    const own = tree[section]?.[name]
    expect(own).toBeTruthy()
    expect(placeholders(own ?? '')).toEqual(placeholders(text))
  })
})
