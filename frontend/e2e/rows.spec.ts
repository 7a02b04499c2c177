import { mkdirSync } from 'node:fs'
import type { Page } from '@playwright/test'
import type { Order, OrderPage, OrderRow } from '../src/api/types'
import { crooked } from './geometry'
import { dayAhead, expect, test, userWith } from './shop'

// Lists that are empty, short and very long, names and amounts as long as they come, and what a printer gets.
// The server's answers are replaced on the wire: nobody sells 500 orders for a picture. With SHOTS=1 it leaves pictures.

const FOLDER = 'e2e/shots/rows'
const NAME = 'Maximiliane-Theodora von Hohenstein-Brunner'
const SIZES = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const
const PAPER = { width: 794, height: 1123 }
const chf = (amount: number): OrderRow['total'] => ({ amount, currency: 'CHF' })

function rowAt(index: number): OrderRow {
  const states = ['sold', 'sold', 'sold', 'draft', 'selling'] as const
  const state = states[index % states.length] ?? 'sold'
  return {
    number: `AC${String(index).padStart(7, '0')}`,
    customer_reference: index % 3 === 0 ? 'Jahresausflug der Abteilung Rechnungswesen' : '',
    state,
    in_doubt: index % 7 === 4,
    flagged: false,
    route: index % 2 === 0 ? 'Bern – Zürich HB' : 'La Chaux-de-Fonds – St-Maurice (Gare routière)',
    travellers: index % 2 === 0 ? [NAME, 'Bernasconi, Luca', 'Meier, Anna'] : ['Graf, Paul'],
    traveller_count: index % 2 === 0 ? 9 : 1,
    travel_at: '2026-12-12T07:02:00Z',
    created_at: '2026-11-21T09:00:00Z',
    sold_at: state === 'sold' ? '2026-11-21T09:05:00Z' : null,
    agent: 'Anna Keller',
    total: chf(index % 2 === 0 ? 1_234_560 : 2600),
    refunded: chf(index % 6 === 0 ? 617_280 : 0),
  }
}

async function answerWith(page: Page, count: number): Promise<void> {
  const body: OrderPage = { results: Array.from({ length: count }, (_, index) => rowAt(index)), next: null }
  await page.route('**/api/v1/orders*', (route) => route.fulfill({ json: body }))
}

async function look(page: Page, name: string, fullPage = false): Promise<void> {
  await page.waitForTimeout(250)
  if (process.env['SHOTS'] !== undefined) {
    mkdirSync(FOLDER, { recursive: true })
    await page.screenshot({ path: `${FOLDER}/${name}.png`, fullPage })
  }
  expect.soft(await crooked(page), name).toEqual([])
}

for (const [device, size] of Object.entries(SIZES)) {
  for (const scheme of ['light', 'dark'] as const) {
    test(`lists of 0, 1, 7 and 500 rows, ${device}, ${scheme}`, async ({ page, signIn, orders }) => {
      await page.setViewportSize(size)
      await page.emulateMedia({ colorScheme: scheme })
      await signIn.resume(userWith('sell, refund'))
      for (const count of [0, 1, 7, 500]) {
        await answerWith(page, count)
        await orders.open()
        await expect(orders.rows).toHaveCount(count)
        await look(page, `orders-${String(count)}-${device}-${scheme}`)
        await page.unroute('**/api/v1/orders*')
      }
    })
  }

  test(`a name of 40 letters, 12'345.60 and the paper, ${device}`, async ({ page, signIn, sell, order }) => {
    await page.setViewportSize(size)
    await signIn.resume(userWith('sell, refund'))
    await sell.open()
    await sell.search('bn', 'zue', dayAhead(20))
    await sell.pick('flexible')
    await sell.name({ first: 'Maximiliane-Theodora', last: 'von Hohenstein-Brunner', born: '14.3.1984' })
    await sell.sell()
    const number = await sell.soldNumber()
    await page.route(`**/api/v1/orders/${number}`, async (route) => {
      const answer = await route.fetch()
      const real = (await answer.json()) as Order
      const [item] = real.items
      const [ticket] = item?.sale?.tickets ?? []
      if (item?.sale && ticket) item.sale.tickets = [{ ...ticket, price: chf(1_234_560) }]
      await route.fulfill({
        json: { ...real, total: chf(1_234_560), refunded: chf(617_280), customer_reference: rowAt(0).customer_reference },
      })
    })
    await order.open(number)
    await expect(order.soldTotal).toHaveText("CHF\u00a012'345.60")
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme })
      await look(page, `amount-${device}-${scheme}`)
    }
    if (device === 'phone') return
    await page.setViewportSize(PAPER)
    await page.emulateMedia({ colorScheme: 'dark', media: 'print' })
    await look(page, 'print', true)
    for (const control of await page.getByRole('button').all()) await expect(control).toBeHidden()
  })
}
