import AxeBuilder from '@axe-core/playwright'
import type { Browser } from '@playwright/test'
import { OrderPage } from './pages/OrderPage'
import type { SellPage } from './pages/SellPage'
import { SignInPage } from './pages/SignInPage'
import { WorklistPage } from './pages/WorklistPage'
import { inEveryLanguage, SIZES } from './everyLanguage'
import { crooked } from './geometry'
import { alsoFault, booksOf, dayAhead, distributorFault, expect, test, userWith } from './shop'

// What nobody can clear up: the distributor sells, its answer is lost, and it cannot be asked any more. The shop of
// these tests has a person look at it after some seconds instead of a quarter of an hour (FLAG_AFTER_SECONDS).
const anna = { first: 'Anna', last: 'Meier', born: '14.3.1984' }
const PATIENCE = { timeout: 45_000 }

test.afterEach(async () => {
  await distributorFault()
})

/** Sells into the dark; the order's number. */
async function lostSale(sell: SellPage, day: number): Promise<string> {
  await sell.open()
  await sell.search('bn', 'zue', dayAhead(day))
  await sell.pick('flexible')
  await sell.name(anna)
  await sell.basket.getByRole('button', { name: 'Reservieren' }).click()
  await sell.basket.locator('[data-status=held]').waitFor()
  // Before it confirms, the shop reads what it holds: the distributor goes away while it is at it.
  await distributorFault({ operation: 'fulfillment', fault: 'delay', seconds: 5, times: 1 })
  await alsoFault({ operation: 'fulfillment', fault: 'lost-after', times: 1 })
  await sell.sell()
  await expect(sell.basket.locator('[data-status=selling]')).toBeVisible({ timeout: 15_000 })
  await sell.basket.page().waitForTimeout(1500)
  await alsoFault({ operation: 'booking-read', fault: 'error-before' })
  await alsoFault({ operation: 'bookings-search', fault: 'error-before' })
  await expect(sell.doubt).toBeVisible(PATIENCE)
  return (/AC\d+/.exec(await sell.basket.innerText()) ?? [''])[0]
}

/** The operator's own browser. */
async function operatorAt(browser: Browser): Promise<WorklistPage> {
  const context = await browser.newContext({ reducedMotion: 'reduce' })
  const page = await context.newPage()
  const signIn = new SignInPage(page)
  await signIn.resume(userWith('operator', ''))
  const worklist = new WorklistPage(page)
  await worklist.open()
  return worklist
}

test('a person says that it was sold, and the agent sees it', { tag: '@strict' }, async ({ page, browser, signIn, sell }) => {
  test.setTimeout(180_000)
  await signIn.resume(userWith('sell, refund'))
  const number = await lostSale(sell, 31)
  const price = await sell.total.innerText()
  const worklist = await operatorAt(browser)
  const row = worklist.caseOf(number)
  await expect(row).toBeVisible(PATIENCE)
  await expect(row).toContainText('Wurden diese Billette verkauft?')
  await expect(row).toContainText('Alpenreisen AG')
  await expect(row).toContainText(`CHF\u00a0${price} wird verbucht, die Billette gelten.`)
  await expect(row).toContainText('Nichts wird verbucht, die Agentur darf neu verkaufen.')
  await expect(row).toContainText('Noch keine Antwort, die etwas sagt.')
  await expect(worklist.page.getByRole('link', { name: /^Pendenzen/ }).first()).toContainText('1')

  for (const [device, size] of Object.entries(SIZES)) {
    await worklist.page.setViewportSize(size)
    await inEveryLanguage(worklist.page, `cases-${device}`, () => row.waitFor())
  }
  await worklist.page.emulateMedia({ colorScheme: 'light' })
  await worklist.page.setViewportSize(SIZES.desk)
  const held = await row.locator('dt', { hasText: 'Reserviert als' }).locator('+ dd').innerText()
  await worklist.answer(number, 'Verkauft')
  const submit = worklist.dialog.getByRole('button', { name: 'Verkauft' })
  await submit.click()
  await expect(worklist.dialog).toContainText('Buchungsnummer')
  await expect(worklist.dialog.getByRole('alert')).toHaveCount(2)
  const code = worklist.dialog.getByLabel('Buchungsnummer')
  if (process.env['SHOTS'] !== undefined) await worklist.page.screenshot({ path: 'e2e/shots/languages/decision-desk-de.png' })
  await code.fill('ZZZ999')
  await expect(worklist.dialog).toContainText(`Reserviert wurde unter ${held}.`)
  await code.fill(held.toLowerCase())
  await worklist.dialog.getByLabel('Begründung').fill('Am Telefon bestätigt')
  await worklist.dialog.getByLabel('Begründung').press('Enter')
  await expect(worklist.decided).toContainText(`${number} Verkauft · ${held}`)
  await expect(worklist.decided).toContainText('Am Telefon bestätigt')
  await expect(row).toHaveCount(0)

  await expect(sell.sold).toBeVisible(PATIENCE)
  await distributorFault()
  const order = new OrderPage(page)
  await order.open(number)
  await expect(order.soldTotal).toHaveText(`CHF\u00a0${price}`)
  await expect(page.getByText('Entscheid einer Person: Am Telefon bestätigt')).toBeVisible()

  await worklist.view('Erledigt').click()
  await expect(worklist.audits.filter({ hasText: number })).toContainText('Am Telefon bestätigt')
  await worklist.page.context().close()
})

test('a decision that the books contradict is a difference with its cause, until a person has dealt with it', async ({
  page,
  browser,
  signIn,
  sell,
}) => {
  test.setTimeout(240_000)
  await signIn.resume(userWith('sell, refund'))
  const number = await lostSale(sell, 32)
  const price = await sell.total.innerText()
  const worklist = await operatorAt(browser)
  await expect(worklist.caseOf(number)).toBeVisible(PATIENCE)
  expect(await crooked(worklist.page)).toEqual([])
  const { violations } = await new AxeBuilder({ page: worklist.page }).analyze()
  expect(violations.map((rule) => rule.id)).toEqual([])

  // The keyboard alone is enough.
  await worklist.page.keyboard.press('j')
  await expect(worklist.caseOf(number)).toBeFocused()
  await worklist.caseOf(number).getByRole('button', { name: 'Nicht verkauft' }).focus()
  await worklist.page.keyboard.press('Enter')
  await worklist.dialog.getByLabel('Begründung').fill('Im System des Vertriebs nicht gefunden')
  await worklist.page.keyboard.press('Enter')
  await expect(worklist.decided).toContainText(`${number} Nicht verkauft`)

  await expect(sell.basket).toContainText('Das Buchungssystem hat es nicht ausgeführt.', PATIENCE)
  await page.goto(`/orders/${number}`)
  await expect(page.getByText('Entscheid einer Person: Im System des Vertriebs nicht gefunden')).toBeVisible()

  await distributorFault()
  await worklist.view('Differenzen').click()
  await worklist.compare()
  const row = worklist.differences.filter({ hasText: number })
  await expect(row).toContainText('Dort verkauft, hier nicht')
  await expect(row).toContainText('Eine Person hat anders entschieden')
  await expect(row.getByTestId('ours')).toHaveText('CHF\u00a00.00')
  await expect(row.getByTestId('theirs')).toHaveText(`CHF\u00a0${price}`)
  const [booking] = await booksOf(number)
  expect(booking?.confirmed).toBe(Number(price) * 100)
  await expect(worklist.run).toContainText('Differenzen 1')
  for (const [device, size] of Object.entries(SIZES)) {
    await worklist.page.setViewportSize(size)
    await inEveryLanguage(worklist.page, `differences-${device}`, () => row.waitFor())
  }

  await worklist.page.setViewportSize(SIZES.desk)
  await row.getByRole('button', { name: 'Erledigen' }).click()
  await worklist.dialog.getByLabel('Was wurde getan?').fill('Beim Vertrieb erstattet')
  await worklist.dialog.getByRole('button', { name: 'Erledigen' }).click()
  await expect(row).toHaveCount(0)
  await worklist.view('Erledigt').click()
  await expect(row).toContainText('Beim Vertrieb erstattet')
  await inEveryLanguage(worklist.page, 'settled-desk', () => row.waitFor())
  await worklist.page.context().close()
})

test('only the operator’s people have a worklist', async ({ page, signIn }) => {
  await signIn.resume(userWith('sell, refund'))
  await page.goto('/worklist')
  await expect(page.getByRole('alert')).toContainText('permission-missing')
  await expect(page.getByRole('link', { name: /^Pendenzen/ })).toHaveCount(0)
})
