import { existsSync, writeFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { expect, test, userWith } from './shop'

// Started by tests/ha, while releases take each other's place: a browser that loads the page all the while, and a tab
// that stays open over a rollout before it asks for the parts that it has not loaded yet.
const minutes = 60_000
const breath = 5_000
const openFor = 12_000

/** Files of the page's own: how many came, and which did not. */
interface Seen {
  loads: number
  tabs: number
  files: number
  entries: string[]
  missing: string[]
}

const isFile = (url: string): boolean => new URL(url).pathname.startsWith('/static/')
const over = (): boolean => existsSync(process.env['HA_UNTIL'] ?? '')

function watchFiles(page: Page, seen: Seen): void {
  page.on('response', (response) => {
    if (!isFile(response.url())) return
    seen.files += 1
    if (!response.ok() && response.status() !== 304) seen.missing.push(`${String(response.status())} ${response.url()}`)
  })
  page.on('requestfailed', (request) => {
    if (isFile(request.url())) seen.missing.push(`${request.failure()?.errorText ?? ''} ${request.url()}`)
  })
}

/** Loads the page whole: the entry names the release. */
async function loadAgain(page: Page, seen: Seen): Promise<void> {
  await page.goto('/orders')
  await expect(page.getByRole('searchbox')).toBeVisible()
  const entry = (await page.locator('script[type=module]').getAttribute('src')) ?? ''
  if (!seen.entries.includes(entry)) seen.entries.push(entry)
  seen.loads += 1
}

/** One tab that was opened before a rollout went on, and is used after. */
async function stayOpen(page: Page, seen: Seen): Promise<void> {
  await page.goto('/orders')
  await expect(page.getByRole('searchbox')).toBeVisible()
  await page.waitForTimeout(openFor)
  await page.getByRole('link', { name: 'Verkauf', exact: true }).filter({ visible: true }).click()
  await expect(page.getByRole('combobox', { name: 'Von', exact: true })).toBeVisible()
  seen.tabs += 1
}

test.use({ trace: 'off' })

test('a page finds all its files and nobody is signed out while releases change @ha', async ({
  context,
  signIn,
}) => {
  test.setTimeout(10 * minutes)
  const seen: Seen = { loads: 0, tabs: 0, files: 0, entries: [], missing: [] }
  await signIn.resume(userWith('sell, refund'))
  const during = async (what: (opened: Page, seen: Seen) => Promise<void>): Promise<void> => {
    const opened = await context.newPage()
    watchFiles(opened, seen)
    // Every file is asked for anew: what the browser kept would prove nothing.
    const devtools = await context.newCDPSession(opened)
    await devtools.send('Network.setCacheDisabled', { cacheDisabled: true })
    while (!over()) {
      await what(opened, seen)
      await opened.waitForTimeout(breath)
    }
  }
  await Promise.all([during(loadAgain), during(stayOpen)])
  writeFileSync(process.env['HA_SEEN'] ?? '', JSON.stringify(seen))
  expect(seen.missing).toEqual([])
})
