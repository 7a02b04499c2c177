import { booksOf, dayAhead, expect, test, userWith } from './shop'

test('sells there and back with the connection back that was chosen, and the order shows both', async ({
  page,
  signIn,
  sell,
  order,
}) => {
  await signIn.resume(userWith('sell, refund'))
  await sell.open()
  await sell.fillJourney('bn', 'zue', dayAhead(14), '0802')
  await sell.giveReturn(dayAhead(15), '1702')
  await page.getByRole('button', { name: 'Suchen' }).click()
  await sell.rows.first().waitFor()
  const there = await sell.rows.first().locator('time').first().innerText()
  const back = await sell.chooseBack(1)
  const price = await sell.pick('flexible')
  const item = sell.basket.locator('[data-status]')
  await expect(item).toContainText(there)
  await expect(item.getByText(/^zurück /)).toContainText(back)
  await expect(sell.total).toHaveText(price)

  await sell.name({ first: 'Anna', last: 'Meier', born: '14.3.1984' })
  await sell.sell()
  const number = await sell.soldNumber()
  await order.open(number)
  const main = page.getByRole('main')
  await expect(main.getByRole('heading', { name: 'Bern – Zürich HB' })).toBeVisible()
  await expect(main.getByText(/· zurück /)).toContainText(new RegExp(`${there}.* zurück .*${back}`))
  await expect(order.soldTotal).toHaveText(`CHF\u00a0${price}`)
  const [booking, ...others] = await booksOf(number)
  expect(others).toEqual([])
  expect(((booking?.confirmed ?? 0) / 100).toFixed(2)).toBe(price)
})
