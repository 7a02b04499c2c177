import AxeBuilder from '@axe-core/playwright'
import type { Browser, Page } from '@playwright/test'
import { SellPage } from './pages/SellPage'
import { SignInPage } from './pages/SignInPage'
import { UsersPage } from './pages/UsersPage'
import { dayAhead, expect, test, userWith } from './shop'

const PASSWORD = 'korrektes pferd batterie'
const ADMIN = 'sell, refund, finance, admin'

/** Somebody else at another machine: follows the link, chooses a password and signs in. */
async function arrive(browser: Browser, link: string, username: string): Promise<Page> {
  const page = await (await browser.newContext({ locale: 'de-CH' })).newPage()
  await page.goto(link)
  await page.getByLabel('Passwort', { exact: true }).fill('kurz')
  await page.getByLabel('Passwort wiederholen').fill('kurz')
  await page.getByRole('button', { name: 'Passwort setzen' }).click()
  await expect(page.getByRole('alert')).toContainText('zu kurz')
  await page.getByLabel('Passwort', { exact: true }).fill(PASSWORD)
  await page.getByLabel('Passwort wiederholen').fill(PASSWORD)
  await page.getByRole('button', { name: 'Passwort setzen' }).click()
  await page.getByRole('link', { name: 'Anmelden' }).click()
  await new SignInPage(page).as({ username, password: PASSWORD })
  return page
}

test('invites somebody who follows the link, sells, and loses the right', async ({ page, browser, signIn }) => {
  const users = new UsersPage(page)
  await signIn.open()
  await signIn.as(userWith(ADMIN))
  await page.keyboard.press('g')
  await page.keyboard.press('u')
  await expect(page).toHaveURL(/\/users$/)
  const link = await users.invite('Ida', 'Amrein', 'ida@agency.example')
  await expect(users.row('Ida Amrein')).toContainText('Eingeladen')
  await expect(users.right('Ida Amrein', 'Verkaufen')).toHaveAttribute('aria-checked', 'true')

  const theirs = await arrive(browser, link, 'ida@agency.example')
  const sell = new SellPage(theirs)
  await sell.open()
  await sell.search('bn', 'ol', dayAhead(14))
  await sell.pick('flexible')
  await sell.name({ first: 'Anna', last: 'Meier', born: '14.3.1984' })
  await sell.sell()
  await sell.soldNumber()

  await users.right('Ida Amrein', 'Verkaufen').click()
  await expect(users.right('Ida Amrein', 'Verkaufen')).toHaveAttribute('aria-checked', 'false')
  await theirs.goto('/')
  await expect(theirs).toHaveURL(/\/orders$/)
  await expect(theirs.getByRole('link', { name: 'Verkauf', exact: true })).toHaveCount(0)

  await users.openSheet('Ida Amrein')
  await expect(users.changes).toHaveCount(4)
  await expect(users.changes.first()).toContainText('Rechte geändert')
  await users.sheet.getByRole('button', { name: 'Sperren' }).click()
  await expect(users.row('Ida Amrein')).toContainText('Gesperrt')
  await theirs.goto('/orders')
  await expect(theirs.getByLabel('Benutzername')).toBeVisible()
})

test('says why an own right and a used link do nothing', async ({ page, signIn }) => {
  const users = new UsersPage(page)
  await signIn.resume(userWith(ADMIN))
  await users.open()
  const own = users.right('Nina Huber', 'Verwaltung')
  await expect(own).toHaveAttribute('aria-disabled', 'true')
  await expect(own).toHaveAttribute('title', /andere Person/)
  await own.click({ force: true })
  await expect(own).toHaveAttribute('aria-checked', 'true')
  await page.goto('/welcome#nothing-that-was-ever-made')
  await expect(page.getByRole('alert')).toContainText('gilt nicht mehr')
})

test('opens, renames and closes a branch', async ({ page, signIn }) => {
  const users = new UsersPage(page)
  await signIn.resume(userWith(ADMIN))
  await users.open('/branches')
  await page.getByLabel('Neue Filiale').fill('Zürich Löwenstrasse')
  await expect(page.getByText('zuerich-loewenstrasse')).toBeVisible()
  await page.getByRole('button', { name: 'Eröffnen', exact: true }).click()
  const row = page.getByTestId('branch-row').filter({ hasText: 'Löwenstrasse' })
  await row.getByRole('button', { name: 'Umbenennen' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Zürich Löwenplatz')
  await page.getByRole('button', { name: 'Speichern' }).click()
  const renamed = page.getByTestId('branch-row').filter({ hasText: 'Löwenplatz' })
  await renamed.getByRole('button', { name: 'Schliessen' }).click()
  await expect(renamed).toContainText('geschlossen')
  const busy = page.getByTestId('branch-row').filter({ hasText: 'Bern' })
  await busy.getByRole('button', { name: 'Schliessen' }).click()
  await expect(page.getByRole('alert')).toContainText('arbeiten noch')
})

test('the operator makes an agency whose admin signs in', async ({ page, browser, signIn }) => {
  await signIn.open()
  await signIn.as(userWith('operator', ''))
  await page.goto('/agencies')
  await page.getByRole('button', { name: 'Neue Agentur' }).click()
  const sheet = page.getByRole('dialog')
  await sheet.getByLabel('Name der Agentur').fill('Büro für Reisen')
  await expect(sheet.getByLabel('Kürzel')).toHaveValue('buero-fuer-reisen')
  await sheet.getByLabel('Vorname').fill('Luc')
  await sheet.getByLabel('Name', { exact: true }).fill('Rey')
  await sheet.getByLabel('E-Mail').fill('luc@agency.example')
  await sheet.getByRole('button', { name: 'Neue Agentur' }).click()
  const link = await page.getByLabel('Einmaliger Link').inputValue()
  await sheet.getByRole('button', { name: 'Schliessen' }).last().click()
  await expect(page.getByTestId('agency-row').filter({ hasText: 'Büro für Reisen' })).toContainText('1 Person')
  const theirs = await arrive(browser, link, 'luc@agency.example')
  await theirs.goto('/users')
  await expect(new UsersPage(theirs).row('Luc Rey')).toContainText('(Sie)')
})

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [1440, 390]) {
    test(`can be used by everybody (${scheme}, ${String(width)} px)`, async ({ page, signIn }) => {
      test.slow()
      const users = new UsersPage(page)
      const check = async (name: string): Promise<void> => {
        const { violations } = await new AxeBuilder({ page }).analyze()
        expect(violations.map((rule) => `${rule.id}: ${rule.nodes.map((node) => `${node.target.join(' ')} ${node.any[0]?.message ?? ''}`).join(', ')}`)).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
        if (process.env['SHOTS'] === undefined) return
        await page.waitForTimeout(250)
        await page.screenshot({ path: `e2e/shots/users-${name}-${String(width)}-${scheme}.png` })
      }
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
      await page.setViewportSize({ width, height: 900 })
      await signIn.resume(userWith(ADMIN))
      await users.open()
      await users.rows.first().waitFor()
      await check('list')
      await users.openSheet('Anna Keller')
      await check('sheet')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Einladen' }).click()
      await users.sheet.waitFor()
      await check('invite')
      await users.sheet.getByLabel('Vorname').fill('Maximiliane-Katharina')
      await users.sheet.getByLabel('Name', { exact: true }).fill('von Wattenwyl-Schweizer')
      await users.sheet.getByLabel('E-Mail').fill(`m${String(width)}${scheme}@agency.example`)
      await users.sheet.getByRole('button', { name: 'Einladen' }).click()
      await users.link.waitFor()
      await check('link')
      const link = await users.link.inputValue()
      await page.keyboard.press('Escape')
      await users.open('/branches')
      await page.getByTestId('branch-row').first().waitFor()
      await check('branches')
      await users.open('/changes')
      await users.changes.first().waitFor()
      await check('changes')
      await users.open('?q=nobody-of-this-name')
      await page.getByText('Niemand gefunden').waitFor()
      await check('nobody')
      await page.goto(link)
      await page.getByLabel('Passwort wiederholen').waitFor()
      await check('welcome')
    })
  }
}

test('a search survives the choice of a state, and is gone in a list that is opened anew', async ({ page, signIn }) => {
  const users = new UsersPage(page)
  const search = page.getByRole('searchbox')
  await users.open()
  await signIn.as(userWith(ADMIN))
  await search.fill('keller')
  await page.getByRole('button', { name: 'Aktiv', exact: true }).click()
  await expect(page).toHaveURL(/\/users\?q=keller&state=active$/)
  await expect(search).toHaveValue('keller')
  await expect(users.rows).toHaveCount(1)
  await page.getByRole('link', { name: 'Benutzer' }).click()
  await expect(search).toHaveValue('')
  await expect(users.row('Nina Huber')).toBeVisible()
})
