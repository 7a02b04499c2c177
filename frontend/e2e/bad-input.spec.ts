import { dayAhead, distributorFault, expect, test, userWith } from './shop'

test.beforeEach(async ({ signIn, sell }) => {
  await signIn.resume(userWith('sell, refund'))
  await sell.open()
})
test.afterEach(async () => {
  await distributorFault()
})

test('a wrong password says so', async ({ context, page, signIn }) => {
  // Signing out ends a session: not the one that the other tests share.
  await context.clearCookies()
  await signIn.open()
  await signIn.as(userWith('sell, refund'))
  await page.getByRole('button', { name: 'Person und Einstellungen' }).click()
  await page.getByRole('menuitem', { name: 'Abmelden' }).click()
  await signIn.username.fill('keller')
  await signIn.password.fill('wrong')
  await page.getByRole('button', { name: 'Anmelden' }).click()
  await expect(page.getByRole('alert')).toContainText('Benutzername oder Passwort ist falsch')
  await expect(page.getByRole('alert')).toContainText('wrong-credentials')
})

test('an unknown station is not found, and the search waits for one', async ({ page, sell }) => {
  await sell.station('Von').fill('Atlantis')
  await expect(page.getByText('Kein Bahnhof gefunden')).toBeVisible()
  await page.getByRole('button', { name: 'Suchen' }).click()
  await expect(page.getByText('Bahnhof wählen').first()).toBeVisible()
})

test('a day in the past has its own text', async ({ page, sell }) => {
  await sell.fillJourney('bn', 'zue', '1.11.2020', '0802')
  await page.getByRole('button', { name: 'Suchen' }).click()
  await expect(sell.problem).toContainText('Dieser Zeitpunkt ist vorbei')
  await expect(sell.problem).toContainText('date-in-the-past')
})

test('a day too far ahead has its own text', async ({ page, sell }) => {
  await sell.fillJourney('bn', 'zue', dayAhead(500), '0802')
  await page.getByRole('button', { name: 'Suchen' }).click()
  await expect(sell.problem).toContainText('date-out-of-range')
})

test('a day that is none is not understood', async ({ page }) => {
  await page.getByLabel('Datum', { exact: true }).fill('31.2.')
  await page.getByLabel('Datum', { exact: true }).blur()
  await expect(page.getByText('Nicht verstanden')).toBeVisible()
})

test('from and to must differ', async ({ page, sell }) => {
  await sell.fillJourney('bn', 'bn', dayAhead(5), '0802')
  await page.getByRole('button', { name: 'Suchen' }).click()
  await expect(page.getByText('Von und Nach sind gleich.')).toBeVisible()
})

test('no more than nine persons', async ({ page, sell }) => {
  await sell.addAdults(8)
  await page.getByRole('button', { name: /^Reisende: 9 Erw/ }).click()
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Erwachsene', exact: true })).toBeDisabled()
})

test('a missing name is asked for, in its field', async ({ sell }) => {
  await sell.search('bn', 'zue', dayAhead(9))
  await sell.pick('flexible')
  await sell.sell()
  await expect(sell.basket.getByText('Es fehlt: Vorname')).toBeVisible()
  await expect(sell.basket.locator('[name=first_name]')).toBeFocused()
})

test('an offer that the distributor no longer has says what to do', async ({ sell }) => {
  await sell.search('bn', 'zue', dayAhead(9))
  await sell.pick('flexible')
  await sell.name({ first: 'Anna', last: 'Meier', born: '14.3.1984' })
  await distributorFault({ operation: 'booking', fault: 'expired-offer', times: 1 })
  await sell.sell()
  await expect(sell.basket.getByText('offer-expired').first()).toBeVisible({ timeout: 15_000 })
  await expect(sell.sold).toBeHidden()
})

test('an order of nobody is not found', async ({ page }) => {
  await page.goto('/orders/AC9999999')
  await expect(page.getByRole('alert')).toContainText('order-not-found')
})
