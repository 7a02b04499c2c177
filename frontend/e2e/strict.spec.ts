import { booksOf, dayAhead, expect, test, userWith } from './shop'

// A distributor that leaves nothing out: documents seconds after the sale, one per traveller, no keys honoured.
test('sells and refunds where documents come later: the page says so, then shows them by itself', { tag: '@strict' }, async ({
  page,
  signIn,
  sell,
  order,
}) => {
  await signIn.resume(userWith('sell, refund'))
  await sell.open()
  await sell.addAdults(1)
  await sell.search('bn', 'zue', dayAhead(19))
  const price = await sell.pick('flexible')
  await sell.name(
    { first: 'Anna', last: 'Meier', born: '14.3.1984' },
    { first: 'Paul', last: 'Graf', born: '2.5.1981' },
  )
  await sell.sell()
  const number = await sell.soldNumber()
  await expect(sell.sold.getByTestId('document-coming')).toHaveText('Dokument kommt')
  const link = sell.sold.getByRole('link', { name: 'Billett Anna Meier (PDF)' })
  await expect(link).toBeVisible({ timeout: 30_000 })
  await expect(sell.sold.getByRole('link', { name: 'Billett Paul Graf (PDF)' })).toBeVisible()
  await expect(sell.sold.getByTestId('document-coming')).toHaveCount(0)
  const answer = await page.request.get((await link.getAttribute('href')) ?? '')
  expect((await answer.body()).subarray(0, 5).toString()).toBe('%PDF-')

  await order.open(number)
  await expect(order.documents).toHaveCount(2)
  await order.quote()
  await expect(order.sheet.getByText('Anna Meier')).toBeVisible()
  await expect(order.sheet.getByText('Paul Graf')).toBeVisible()
  await expect(order.amount).toHaveText(price)
  await order.accept()
  await page.keyboard.press('Escape')
  await expect(order.refunded).toHaveText(`CHF\u00a0${price}`)
  const [booking, ...others] = await booksOf(number)
  expect(others).toEqual([])
  expect(booking?.refunded).toBe(booking?.confirmed)
})
