import { expect, test, userWith } from './shop'

test('the sign-in page says what went wrong, and nothing that somebody else wrote into its address', async ({ page }) => {
  await page.goto('/sign-in?problem=sign-in-expired&request=0123456789abcdef&next=%2Forders')
  await expect(page.getByRole('alert')).toContainText('Melden Sie sich nochmals an.')
  await expect(page.getByRole('alert')).toContainText('sign-in-expired · 0123456789abcdef')
  await page.goto('/sign-in?problem=Call+0900+now&next=%2F')
  await expect(page.getByRole('button', { name: 'Anmelden' })).toBeVisible()
  await expect(page.getByRole('alert')).toHaveCount(0)
  await page.goto('/sign-in?problem=sign-out-here-only')
  await expect(page.getByRole('status')).toContainText('Hier sind Sie abgemeldet.')
})

test('whoever is signed in sees that the sign-in service does not answer', async ({ page, signIn }) => {
  await signIn.resume(userWith('sell, refund'))
  await page.route('**/api/v1/session', async (route) => {
    const answer = await route.fetch()
    const session = (await answer.json()) as Record<string, unknown>
    await route.fulfill({ response: answer, json: { ...session, unconfirmed_since: '2026-11-21T09:00:00Z' } })
  })
  await page.goto('/orders')
  await expect(page.getByText('Der Anmeldedienst antwortet nicht. Sie arbeiten weiter')).toBeVisible()
})

test('an address of the sign-in page leads whoever is signed in to the day’s work', async ({ page, signIn }) => {
  await signIn.resume(userWith('sell, refund'))
  await page.goto('/sign-in?next=%2Forders')
  await expect(page).toHaveURL(/\/sell$/)
})

test('somebody of one agency chooses the branch in the menu, and every page knows it', async ({ page, signIn }) => {
  await signIn.resume(userWith('refund'))
  await page.goto('/orders')
  const menu = page.getByRole('button', { name: 'Person und Einstellungen' })
  await menu.click()
  await expect(page.getByTestId('agencies')).toHaveCount(0)
  await page.getByRole('menuitemradio', { name: 'Chur Postplatz' }).click()
  await page.reload()
  await menu.click()
  await expect(page.getByRole('menuitemradio', { name: 'Chur Postplatz' })).toBeChecked()
})
