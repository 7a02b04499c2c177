import { booksOf, dayAhead, expect, test, userWith } from './shop'

test('finds a sold order by name and refunds a regular ticket; amounts are those of the distributor', async ({
  page,
  signIn,
  sell,
  orders,
  order,
}) => {
  const name = `Zumthor${String(Date.now() % 100_000)}`
  await signIn.resume(userWith('sell, refund'))
  await sell.open()
  await sell.search('bn', 'zue', dayAhead(15))
  const price = await sell.pick('flexible')
  await sell.name({ first: 'Urs', last: name, born: '1.2.1990' })
  await sell.sell()
  const number = await sell.soldNumber()

  await orders.open()
  await orders.find(name)
  await expect(orders.rows).toHaveCount(1)
  await expect(orders.row(number)).toContainText(price)
  await orders.row(number).click()
  await order.tickets.first().waitFor()
  await order.quote()
  await expect(order.fee).toHaveText('0.00')
  await expect(order.amount).toHaveText(price)
  await order.accept()
  await page.keyboard.press('Escape')
  await expect(order.refunded).toHaveText(`CHF\u00a0${price}`)

  await orders.open()
  await orders.find(name)
  await expect(orders.row(number)).toContainText(`${price} erstattet`)
  const [booking] = await booksOf(number)
  expect(booking?.refunded).toBe(Math.round(Number(price) * 100))
})

test('refunds one of two travellers', async ({ page, signIn, sell, order }) => {
  await signIn.resume(userWith('sell, refund'))
  await sell.open()
  await sell.addAdults(1)
  await sell.search('bn', 'zue', dayAhead(16))
  await sell.pick('flexible')
  await sell.name(
    { first: 'Anna', last: 'Meier', born: '14.3.1984' },
    { first: 'Paul', last: 'Meier', born: '2.5.1981' },
  )
  await sell.sell()
  const number = await sell.soldNumber()
  await order.open(number)
  await order.refundButton.click()
  await order.sheet.getByRole('checkbox', { name: /Paul/ }).uncheck()
  await order.sheet.getByRole('button', { name: 'Betrag anfragen' }).click()
  await order.accept()
  await page.keyboard.press('Escape')
  await expect(order.tickets.filter({ hasText: 'Anna' })).toContainText('Erstattet')
  await expect(order.tickets.filter({ hasText: 'Paul' })).toContainText('Gültig')
})

test('a quote is found again after a reload, and can be dropped', async ({ page, signIn, sell, order }) => {
  await signIn.resume(userWith('sell, refund'))
  await sell.open()
  await sell.search('bn', 'zue', dayAhead(17))
  const price = await sell.pick('flexible')
  await sell.name({ first: 'Lea', last: 'Kunz', born: '3.4.1992' })
  await sell.sell()
  const number = await sell.soldNumber()
  await order.open(number)
  await order.quote()
  await expect(order.amount).toHaveText(price)
  await page.reload()
  await order.refundButton.click()
  await expect(order.amount).toHaveText(price)
  await order.sheet.getByRole('button', { name: 'Verzichten' }).click()
  await expect(order.sheet.getByRole('button', { name: 'Betrag anfragen' })).toBeVisible()
})

test('somebody who may only sell is not offered a refund', async ({ signIn, sell, order }) => {
  await signIn.resume(userWith('sell'))
  await sell.open()
  await sell.search('bn', 'zue', dayAhead(18))
  await sell.pick('flexible')
  await sell.name({ first: 'Ida', last: 'Graf', born: '3.4.1992' })
  await sell.sell()
  await order.open(await sell.soldNumber())
  await expect(order.refundButton).toHaveCount(0)
})
