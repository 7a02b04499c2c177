import { recall, remember } from './storage'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

export function currentTheme(): Theme {
  const stored = recall('theme')
  return THEMES.find((known) => known === stored) ?? 'system'
}

/** Shows the page light, dark or as the computer has it, and keeps the choice. */
export function setTheme(theme: Theme): void {
  remember('theme', theme === 'system' ? null : theme)
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}
