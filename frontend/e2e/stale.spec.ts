import { dayAhead, expect, test, userWith } from './shop'

test('a tab that is older than the release takes the newest page, once, and keeps the draft', async ({
  page,
  signIn,
  sell,
}) => {
  await signIn.resume(userWith('sell, refund'))
  await sell.open()
  await sell.fillJourney('bn', 'zue', dayAhead(14), '0802')
  await page.getByRole('button', { name: 'Suchen' }).click()
  await sell.rows.first().waitFor()
  const price = await sell.pick('flexible')
  await expect(sell.total).toHaveText(price)

  // A rollout meanwhile: the parts of the tab's own release are gone, and the server's page names another entry.
  let gone = 0
  let loads = 0
  await page.route(/OrdersPage-[^/]*\.js$/, async (route) => {
    gone += 1
    if (loads === 0) await route.fulfill({ status: 404, contentType: 'text/plain', body: 'there is no such file' })
    else await route.continue()
  })
  await page.route((url) => url.pathname === '/orders', async (route) => {
    if (route.request().resourceType() === 'document') {
      loads += 1
      await route.continue()
      return
    }
    const answer = await route.fetch()
    const body = (await answer.text()).replace(/index-[\w-]+\.js/, 'index-ofanother.js')
    await route.fulfill({ response: answer, body })
  })
  await page.getByRole('link', { name: 'Aufträge', exact: true }).filter({ visible: true }).click()

  await expect(page).toHaveURL(/\/orders$/)
  await expect(page.getByRole('searchbox')).toBeVisible()
  expect([gone > 0, loads]).toEqual([true, 1])
  await page.getByRole('link', { name: 'Verkauf', exact: true }).filter({ visible: true }).click()
  await expect(sell.total).toHaveText(price)
})
