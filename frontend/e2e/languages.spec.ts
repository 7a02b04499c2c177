import { inEveryLanguage, SIZES } from './everyLanguage'
import { dayAhead, test, userWith } from './shop'

// Every page in every language at both sizes.
const LONG = { first: 'Maximiliane-Theodora', last: 'von Hohenstein-Brunner', born: '14.3.1984' }

for (const [device, size] of Object.entries(SIZES)) {
  test(`every page fits in every language, ${device}`, async ({ page, signIn, sell, orders, order }) => {
    test.setTimeout(240_000)
    const all = (name: string, ready: () => Promise<void>): Promise<void> =>
      inEveryLanguage(page, `${name}-${device}`, ready)
    await page.setViewportSize(size)
    await signIn.open()
    await all('sign-in', () => page.locator('input').first().waitFor())
    await signIn.as(userWith('sell, refund'))
    await sell.open()
    await all('start', () => page.getByRole('combobox').first().waitFor())
    await sell.addAdults(1)
    await sell.giveCard('Halbtax')
    await sell.search('bn', 'lg', dayAhead(21))
    await all('connections', async () => {
      await sell.rows.first().click()
    })
    await sell.pick('saver')
    await sell.name(LONG, { first: 'Luca', last: 'Bernasconi', born: '2.5.1981' })
    await sell.basket.getByRole('button', { name: 'Reservieren' }).click()
    await sell.basket.locator('[data-status=held]').waitFor()
    await all('held', () => sell.basket.scrollIntoViewIfNeeded())
    await sell.sell()
    const number = await sell.soldNumber()
    await all('sold', () => sell.sold.scrollIntoViewIfNeeded())
    await orders.open()
    await all('orders', () => orders.rows.first().waitFor())
    await order.open(number)
    await all('order', () => order.tickets.first().waitFor())
    await order.quote()
    await order.amount.waitFor()
    await page.goto(`/orders/${number}?refund=1`)
    await all('refund', () => order.amount.waitFor())
  })
}
