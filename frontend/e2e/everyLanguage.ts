import { mkdirSync } from 'node:fs'
import { expect, type Page } from '@playwright/test'
import { crooked } from './geometry'

export const SIZES = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const
const SCHEMES = { de: 'light', fr: 'dark', it: 'light', en: 'dark' } as const
const FOLDER = 'e2e/shots/languages'

async function speak(page: Page, language: string): Promise<void> {
  await page.evaluate((chosen) => {
    localStorage.setItem('language', JSON.stringify(chosen))
  }, language)
}

/**
 * Looks at the page in every language, two of them in the dark: nothing is cut, nothing lies upon another, nothing
 * scrolls sideways. With SHOTS=1 it leaves a picture of each, to be looked at.
 */
export async function inEveryLanguage(page: Page, name: string, ready: () => Promise<void>): Promise<void> {
  for (const [language, colorScheme] of Object.entries(SCHEMES)) {
    await speak(page, language)
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.reload()
    await ready()
    await page.waitForTimeout(300)
    if (process.env['SHOTS'] !== undefined) {
      mkdirSync(FOLDER, { recursive: true })
      await page.screenshot({ path: `${FOLDER}/${name}-${language}.png` })
    }
    expect.soft(await crooked(page), `${name} ${language}`).toEqual([])
  }
  await speak(page, 'de')
  await page.reload()
  await ready()
}
