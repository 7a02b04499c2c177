import { dayAhead, expect, test, userWith } from './shop'

const anna = { first: 'Anna', last: 'Meier', born: '14.3.1984' }

test.beforeEach(async ({ signIn, sell }) => {
  await signIn.resume(userWith('sell, refund'))
  await sell.open()
})

for (const field of ['Von', 'Zeit', 'Referenz']) {
  test(`Ctrl+Enter sells from the field ${field}`, async ({ page, sell }) => {
    await sell.search('bn', 'zue', dayAhead(11))
    await sell.pick('flexible')
    await sell.name(anna)
    await page.getByLabel(field, { exact: true }).first().focus()
    await page.keyboard.press('Control+Enter')
    await sell.soldNumber()
  })
}

test('another price takes the place of the first: the basket never shows both or none', async ({ page, sell }) => {
  await sell.search('bn', 'zue', dayAhead(11))
  const saver = await sell.pick('saver')
  await expect(sell.total).toHaveText(saver)
  await page.evaluate(() => {
    const seen: string[] = []
    Object.assign(globalThis, { seen })
    const basket = document.querySelector('[data-testid=basket]')
    if (!basket) throw new Error('no basket')
    new MutationObserver(() => {
      const total = basket.querySelector('[data-testid=total]')?.textContent ?? 'none'
      if (seen.at(-1) !== total) seen.push(total)
    }).observe(basket, { childList: true, characterData: true, subtree: true })
  })
  const flexible = await sell.pick('flexible')
  await expect(sell.total).toHaveText(flexible)
  await page.waitForTimeout(500)
  const seen = await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)
  expect(seen.filter((total) => total !== saver)).toEqual([flexible])
})

test('the customer leaves without buying: one more click, then the next one, from the first field', async ({
  page,
  sell,
}) => {
  await sell.search('bn', 'zue', dayAhead(11))
  await sell.pick('flexible')
  await sell.basket.getByRole('button', { name: 'Nächster Kunde' }).click()
  await sell.basket.getByRole('button', { name: 'Weiter' }).click()
  await expect(sell.station('Von')).toBeFocused()
  await expect(sell.station('Von')).toHaveValue('')
  await expect(sell.basket).toContainText('Noch nichts gewählt')
  await page.keyboard.type('ls')
  await page.getByRole('option', { name: /LS/ }).waitFor()
})

test('with nine travellers the button that sells stays in sight', async ({ sell }) => {
  await sell.addAdults(8)
  await sell.search('bn', 'zue', dayAhead(11))
  await sell.pick('flexible')
  await expect(sell.basket.locator('[name=first_name]')).toHaveCount(9)
  await expect(sell.sellButton).toBeInViewport({ ratio: 1 })
})
