import { booksOf, dayAhead, distributorFault, expect, test, userWith } from './shop'
import { SellPage } from './pages/SellPage'

const anna = { first: 'Anna', last: 'Meier', born: '14.3.1984' }

test.beforeEach(async ({ signIn, sell }) => {
  await signIn.resume(userWith('sell, refund'))
  await sell.open()
})
test.afterEach(async () => {
  await distributorFault()
})

test('a reload in the middle of a sale shows the same order, sold once', async ({ page, sell }) => {
  await sell.search('bn', 'zue', dayAhead(22))
  await sell.pick('flexible')
  await sell.name(anna)
  await distributorFault({ operation: 'fulfillment', fault: 'delay', seconds: 4, times: 1 })
  await sell.sell()
  await expect(sell.basket.locator('[data-status=selling]')).toBeVisible({ timeout: 15_000 })
  await page.reload()
  const number = await sell.soldNumber()
  expect(await booksOf(number)).toHaveLength(1)
})

test('what was typed survives a reload', async ({ page, sell }) => {
  await sell.search('bn', 'zue', dayAhead(22))
  await sell.pick('flexible')
  await sell.basket.locator('[name=first_name]').fill('Anna')
  await sell.basket.getByLabel('Referenz').fill('REF-7')
  await page.reload()
  await expect(sell.basket.locator('[name=first_name]')).toHaveValue('Anna')
  await expect(sell.basket.getByLabel('Referenz')).toHaveValue('REF-7')
  await expect(sell.station('Nach')).toHaveValue('Zürich HB')
  await expect(sell.rows.first()).toBeVisible()
})

test('what is typed fast is saved whole, also when the first save is slow', async ({ page, sell }) => {
  await sell.search('bn', 'zue', dayAhead(22))
  await sell.pick('flexible')
  let saves = 0
  await page.route('**/api/v1/orders/*', async (route) => {
    if (route.request().method() === 'PATCH' && saves++ === 0) await page.waitForTimeout(1500)
    await route.continue()
  })
  await sell.name(anna)
  await sell.basket.getByRole('button', { name: 'Reservieren' }).click()
  await expect(sell.basket.locator('[data-status=held]')).toBeVisible()
  await expect(sell.basket).toContainText('Anna Meier')
})

test('a double click on Sell ends in one sale', async ({ sell }) => {
  await sell.search('bn', 'zue', dayAhead(23))
  await sell.pick('flexible')
  await sell.name(anna)
  await sell.sellButton.dblclick()
  const number = await sell.soldNumber()
  const bookings = await booksOf(number)
  expect(bookings).toHaveLength(1)
})

test('a second tab shows the same draft, and selling in both ends in one sale', async ({ context, sell }) => {
  await sell.search('bn', 'zue', dayAhead(24))
  await sell.pick('flexible')
  await sell.name(anna)
  await sell.basket.getByLabel('Referenz').focus()
  const second = await context.newPage()
  const other = new SellPage(second)
  await other.open()
  await expect(other.basket.locator('[name=last_name]')).toHaveValue('Meier')
  await Promise.all([sell.sell(), other.sell()])
  const number = await sell.soldNumber()
  expect(await other.soldNumber()).toBe(number)
  expect(await booksOf(number)).toHaveLength(1)
})

test('a lost answer is being clarified, counted in the header, and resolves by itself', async ({ page, sell }) => {
  await sell.search('bn', 'zue', dayAhead(25))
  await sell.pick('flexible')
  await sell.name(anna)
  await sell.basket.getByRole('button', { name: 'Reservieren' }).click()
  await expect(sell.basket.locator('[data-status=held]')).toBeVisible()
  await distributorFault({ operation: 'fulfillment', fault: 'lost-after', times: 1 })
  await sell.sell()
  await expect(sell.doubt.or(sell.sold)).toBeVisible({ timeout: 30_000 })
  const number = await sell.soldNumber()
  expect(await booksOf(number)).toHaveLength(1)
  await expect(page.getByTestId('in-doubt-counter')).toHaveCount(0, { timeout: 20_000 })
})

test('another price is shown beside the old one and sold only when accepted', async ({ sell }) => {
  await sell.search('bn', 'zue', dayAhead(26))
  const price = await sell.pick('flexible')
  await sell.name(anna)
  await distributorFault({ operation: 'booking', fault: 'price-change', times: 1 })
  await sell.sell()
  const accept = sell.basket.getByRole('button', { name: /^Für CHF .* verkaufen$/ })
  await expect(accept).toBeVisible({ timeout: 15_000 })
  await expect(sell.sold).toBeHidden()
  await expect(sell.basket.locator('s')).toContainText(price)
  await accept.click()
  await sell.soldNumber()
})

test('somebody whose session ends signs in again and goes on', async ({ page, context, signIn, sell }) => {
  await sell.search('bn', 'zue', dayAhead(27))
  await sell.pick('flexible')
  const saved = sell.saved('1984-03-14')
  await sell.name(anna)
  await saved
  await expect(sell.basket.getByRole('button', { name: 'Reservieren' })).toBeVisible()
  await context.clearCookies({ name: /session/ })
  await sell.basket.getByRole('button', { name: 'Reservieren' }).click()
  await expect(page.getByRole('dialog')).toContainText('Bitte neu anmelden')
  await signIn.as(userWith('sell, refund'))
  await expect(sell.basket.locator('[name=first_name]')).toHaveValue('Anna')
  await sell.sell()
  await sell.soldNumber()
})

test('what a slow distributor left no time to hold is held with the next click', async ({ page, sell }) => {
  test.setTimeout(90_000)
  for (const [taken, to] of ['Zürich HB', 'Basel SBB', 'Luzern'].entries()) {
    await sell.search('bn', to, dayAhead(22))
    await page.getByRole('heading', { name: `Bern – ${to}`, level: 1 }).waitFor()
    await sell.price(0, 'flexible').click()
    await expect(sell.basket.locator('[data-status]')).toHaveCount(taken + 1)
  }
  await sell.name(anna)
  await distributorFault({ operation: 'booking', fault: 'delay', seconds: 12, times: 2 })
  await sell.sell()
  await expect(sell.basket).toContainText('Nicht alles ist rechtzeitig reserviert worden', { timeout: 40_000 })
  await expect(sell.basket.locator('[data-status=held]')).toHaveCount(2)
  await expect(sell.basket.locator('[data-status=open]')).toHaveCount(1)
  await sell.sell()
  const number = await sell.soldNumber()
  expect(await booksOf(number)).toHaveLength(3)
})

test("the next customer's basket tells nothing of what the last one was refused", async ({ sell }) => {
  await sell.search('bn', 'zue', dayAhead(22))
  await sell.pick('flexible')
  await sell.name(anna)
  await distributorFault({ operation: 'booking', fault: 'expired-offer', times: 1 })
  await sell.sell()
  await expect(sell.basket.getByText('offer-expired').first()).toBeVisible({ timeout: 15_000 })
  await sell.basket.getByRole('button', { name: 'Nächster Kunde' }).click()
  await sell.basket.getByRole('button', { name: 'Weiter', exact: true }).click()
  await expect(sell.basket.locator('[data-status]')).toHaveCount(0)
  await sell.search('bn', 'zue', dayAhead(23))
  await sell.pick('flexible')
  await expect(sell.basket.getByText('offer-expired')).toHaveCount(0)
})
