import { describe, expect, it } from 'vitest'
import { contrast, type Oklch } from './contrast'
import tokens from './tokens.css?raw'

const declared = new Map(
  [...tokens.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name = '', value = '']) => [name, value.trim()]),
)

/** The colour of a role in one of the two themes. */
function colourOf(name: string, theme: 'light' | 'dark'): Oklch {
  const value = declared.get(name) ?? ''
  const raw = /^oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)$/.exec(value)
  if (raw) return [Number(raw[1]), Number(raw[2]), Number(raw[3])]
  const both = /^light-dark\(var\(--([\w-]+)\), var\(--([\w-]+)\)\)$/.exec(value)
  if (!both) throw new Error(`--${name} is no colour: ${value}`)
  return colourOf((theme === 'light' ? both[1] : both[2]) ?? '', theme)
}

const GROUNDS = ['surface', 'surface-raised', 'surface-overlay', 'surface-sunken', 'surface-hover']
const onGrounds = (text: string): [string, string][] => GROUNDS.map((ground) => [text, ground])

const READ: [string, string][] = [
  ...onGrounds('text'),
  ...onGrounds('text-quiet'),
  ...['surface', 'surface-raised', 'surface-overlay', 'surface-sunken'].map((ground): [string, string] => ['accent-text', ground]),
  ['text', 'neutral-soft'],
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
  ...['accent', 'done', 'unknown', 'failed', 'touristic'].flatMap((role): [string, string][] => [
    [`${role}-text`, `${role}-soft`],
    [`${role}-text`, 'surface-raised'],
    ['text', `${role}-soft`],
    ['text-quiet', `${role}-soft`],
  ]),
  ['surface-raised', 'failed-text'],
]
const SEEN: [string, string][] = [
  ['line-strong', 'surface-raised'],
  ['line-strong', 'surface'],
  ['accent', 'surface'],
  ['accent', 'surface-raised'],
  ['accent', 'surface-overlay'],
  ...['done', 'unknown', 'failed', 'touristic'].flatMap((role): [string, string][] => [
    [role, 'surface-raised'],
    [role, 'surface-overlay'],
    [role, `${role}-soft`],
  ]),
]

describe.each(['light', 'dark'] as const)('the colours, %s', (theme) => {
  it.each(READ)('--%s can be read on --%s', (text, ground) => {
    expect(contrast(colourOf(text, theme), colourOf(ground, theme))).toBeGreaterThanOrEqual(4.5)
  })
  it.each(SEEN)('--%s can be seen on --%s', (mark, ground) => {
    expect(contrast(colourOf(mark, theme), colourOf(ground, theme))).toBeGreaterThanOrEqual(3)
  })
})

describe('the contrast', () => {
  it('of black on white is 21, of a colour on itself 1', () => {
    expect(contrast([0, 0, 0], [1, 0, 0])).toBeCloseTo(21, 1)
    expect(contrast([0.5, 0.1, 20], [0.5, 0.1, 20])).toBe(1)
  })
})

describe('raw values', () => {
  const sources = import.meta.glob<string>('../**/*.{vue,css}', { query: '?raw', import: 'default', eager: true })
  const styleOf = (path: string, text: string): string =>
    path.endsWith('.css') ? text : [...text.matchAll(/<style[^>]*>([\s\S]*?)<\/style>/g)].map((found) => found[1]).join('\n')
  const others = Object.entries(sources).filter(([path]) => path !== './tokens.css')

  it('are read from every component', () => {
    expect(others.length).toBeGreaterThan(40)
  })
  it.each(others)('stand in tokens.css only, not in %s', (path, text) => {
    const rules = styleOf(path, text).replaceAll(/@media[^{]*\{/g, '').replaceAll(/\/\*[\s\S]*?\*\//g, '')
    const raw = rules.match(/#[0-9a-f]{3,8}\b|\b(?:oklch|rgba?|hsla?)\(|(?<![\w-])\d*\.?\d+(?:px|rem|pt)\b/g)
    expect(raw).toBeNull()
  })
})
