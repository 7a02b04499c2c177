import type { Page } from '@playwright/test'
import { dayAhead, distributorFault, test, userWith } from './shop'

const FOLDER = 'e2e/shots'
const SIZES = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const

async function shoot(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(250)
  await page.screenshot({ path: `${FOLDER}/${name}.png` })
}

test.skip(process.env['SHOTS'] === undefined, 'Pictures to look at: made with SHOTS=1.')

for (const scheme of ['light', 'dark'] as const) {
  for (const [device, size] of Object.entries(SIZES)) {
    test(`pictures of every page, ${device}, ${scheme}`, async ({ page, signIn, sell, orders, order }) => {
      const take = (name: string): Promise<void> => shoot(page, `${name}-${device}-${scheme}`)
      await page.emulateMedia({ colorScheme: scheme })
      await page.setViewportSize(size)
      await signIn.open()
      await signIn.username.waitFor()
      await take('sign-in')
      await signIn.as(userWith('sell, refund'))
      await sell.open()
      await take('start')
      await sell.giveCard('Halbtax')
      await sell.search('bn', 'lg', dayAhead(21))
      await take('connections')
      await sell.pick('saver')
      await sell.name({ first: 'Anna', last: 'Meier', born: '14.3.1984' })
      await sell.basket.scrollIntoViewIfNeeded()
      await take('basket')
      await sell.basket.getByRole('button', { name: 'Reservieren' }).click()
      await sell.basket.locator('[data-status=held]').waitFor()
      await take('held')
      await distributorFault({ operation: 'fulfillment', fault: 'lost-after', times: 1 })
      await sell.sell()
      await sell.doubt.or(sell.sold).first().waitFor({ timeout: 30_000 })
      await take('clarifying')
      const number = await sell.soldNumber()
      await sell.sold.scrollIntoViewIfNeeded()
      await take('sold')
      await orders.open()
      await orders.rows.first().waitFor()
      await take('orders')
      await order.open(number)
      await take('order')
      await order.quote()
      await order.amount.waitFor()
      await take('refund')
      await distributorFault()
    })
  }
}
