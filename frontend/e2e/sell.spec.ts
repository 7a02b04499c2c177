import { booksOf, dayAhead, expect, test, userWith } from './shop'

const anna = { first: 'Anna', last: 'Meier', born: '14.3.1984' }

test('sells a supersaver Bern-Zürich for a traveller with half-fare card and opens the PDF', async ({
  page,
  signIn,
  sell,
}) => {
  await signIn.open()
  await signIn.as(userWith('sell, refund'))
  await sell.open()
  await sell.giveCard('Halbtax')
  await sell.search('bn', 'zue', dayAhead(21))
  const price = await sell.pick('saver')
  await expect(sell.total).toHaveText(price)
  await sell.name(anna)
  await sell.sell()
  const number = await sell.soldNumber()

  const link = sell.sold.getByRole('link', { name: /Billett/ }).first()
  await expect(link).toBeVisible({ timeout: 20_000 })
  const answer = await page.request.get((await link.getAttribute('href')) ?? '')
  expect(answer.headers()['content-type']).toBe('application/pdf')
  expect((await answer.body()).subarray(0, 5).toString()).toBe('%PDF-')

  const [booking, ...others] = await booksOf(number)
  expect(others).toEqual([])
  expect(((booking?.confirmed ?? 0) / 100).toFixed(2)).toBe(price)
})

test('sells without a mouse', async ({ page, signIn, sell }) => {
  await signIn.open()
  await page.keyboard.press('Tab')
  const user = userWith('sell')
  await signIn.username.focus()
  await page.keyboard.type(user.username)
  await page.keyboard.press('Tab')
  await page.keyboard.type(user.password)
  await page.keyboard.press('Enter')
  await sell.station('Von').waitFor()

  await page.keyboard.press('/')
  await expect(sell.station('Von')).toBeFocused()
  await page.keyboard.type('bn')
  await page.getByRole('option', { name: /BN/ }).waitFor()
  await page.keyboard.press('Tab')
  await expect(sell.station('Von')).toHaveValue('Bern')
  await page.keyboard.press('Tab')
  await page.keyboard.type('zue')
  await page.getByRole('option', { name: /ZUE/ }).waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.type('+20')
  await page.keyboard.press('Tab')
  await page.keyboard.type('0802')
  await page.keyboard.press('Enter')
  await sell.rows.first().waitFor()
  await expect(sell.rows.first()).toBeFocused()

  await page.keyboard.press('j')
  await expect(sell.rows.nth(1)).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(sell.rows.nth(1)).toHaveAttribute('aria-expanded', 'true')
  await page.keyboard.press('1')
  await expect(sell.total).toBeVisible()
  await page.keyboard.press('b')
  await page.keyboard.type('Reto')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Ammann')
  await page.keyboard.press('Tab')
  await page.keyboard.type('140384')
  await page.keyboard.press('Control+Enter')
  await sell.soldNumber()
  await page.locator('body').press('n')
  await expect(sell.station('Von')).toBeFocused()
  await expect(sell.sold).toBeHidden()
})

test('shows commission, and hides it with a key', async ({ page, signIn, sell }) => {
  await signIn.resume(userWith('sell, refund'))
  await sell.open()
  await sell.search('bn', 'ol', dayAhead(12))
  await sell.pick('flexible')
  const commission = sell.basket.locator('.sum').first().locator('dd')
  await expect(commission).toHaveText(/^\d+\.\d\d$/)
  await page.keyboard.press('h')
  await expect(commission).toHaveText('·····')
  await page.keyboard.press('h')
})

test('offers nothing to sell to somebody who may not', async ({ page, signIn }) => {
  await signIn.open()
  await signIn.as(userWith('finance'))
  await expect(page).toHaveURL(/\/orders$/)
  await expect(page.getByRole('link', { name: 'Verkauf', exact: true })).toHaveCount(0)
})
