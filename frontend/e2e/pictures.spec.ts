import type { Page } from '@playwright/test'
import { dayAhead, expect, test, userWith } from './shop'
import type { OrderPage } from './pages/OrderPage'
import type { SellPage } from './pages/SellPage'
import type { SignInPage } from './pages/SignInPage'

// The pictures of the README, made again with SHOTS=1 against a shop that `make demo` has filled.
const FOLDER = '../docs/img'
const DESK = { width: 1440, height: 900 }
const PHONE = { width: 390, height: 844 }

test.skip(process.env['SHOTS'] === undefined, 'Pictures of the README: made with SHOTS=1.')

async function take(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0)
  await page.waitForTimeout(300)
  await page.screenshot({ path: `${FOLDER}/${name}.png` })
}

/** Two people to Lugano, one with a half-fare card, the first saver there is, held. */
async function heldBasket(signIn: SignInPage, sell: SellPage): Promise<void> {
  await signIn.resume(userWith('sell, refund'))
  await sell.open()
  await sell.addAdults(1)
  await sell.giveCard('Halbtax')
  await sell.search('bn', 'lg', dayAhead(21))
  await sell.pick('saver')
  await sell.name(
    { first: 'Anna', last: 'Meier', born: '14.3.1984' },
    { first: 'Luca', last: 'Bernasconi', born: '2.5.1981' },
  )
  await sell.basket.getByLabel('Referenz').fill('K-4711')
  await sell.basket.getByRole('button', { name: 'Reservieren' }).click()
  await sell.basket.locator('[data-status=held]').waitFor()
}

async function refundOne(order: OrderPage, name: RegExp): Promise<void> {
  await order.refundButton.click()
  await order.sheet.getByRole('checkbox', { name }).uncheck()
  await order.sheet.getByRole('button', { name: 'Betrag anfragen' }).click()
  await order.accept()
  await order.sheet.getByRole('button', { name: 'Schliessen' }).last().click()
  await expect(order.sheet).toHaveCount(0)
}

test('sell.png and order.png: the desk in light', async ({ page, signIn, sell, order }) => {
  await page.setViewportSize(DESK)
  await page.emulateMedia({ colorScheme: 'light' })
  await heldBasket(signIn, sell)
  await take(page, 'sell')

  await page.keyboard.press('Escape')
  await sell.basket.getByRole('button', { name: 'Nächster Kunde' }).click()
  await sell.basket.getByRole('button', { name: 'Weiter' }).click()
  await sell.addAdults(1)
  await sell.search('ge', 'bn', dayAhead(12), '0930')
  await sell.pick('flexible')
  await sell.name(
    { first: 'Sophie', last: 'Dubois', born: '7.9.1979' },
    { first: 'Céline', last: 'Perret', born: '21.1.1990' },
  )
  await sell.sell()
  await order.open(await sell.soldNumber())
  await refundOne(order, /Céline/)
  await page.locator('summary').click()
  await take(page, 'order')
})

test('sell-phone.png: the phone in the dark', async ({ page, signIn, sell }) => {
  await page.setViewportSize(PHONE)
  await page.emulateMedia({ colorScheme: 'dark' })
  await heldBasket(signIn, sell)
  await page.evaluate(() => {
    scrollTo(0, 0)
  })
  await take(page, 'sell-phone')
})
