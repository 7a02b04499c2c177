import { expect, test as base, type Page } from '@playwright/test'
import { KeycloakPage, Realm } from './pages/KeycloakPage'
import { SellPage } from './pages/SellPage'
import { UsersPage } from './pages/UsersPage'
import { booksOf, dayAhead } from './shop'

// Against a real Keycloak, so people leave the shop's origin: started by tests/identity.
const test = base.extend<{ keycloak: KeycloakPage; sell: SellPage; realm: Realm }>({
  keycloak: async ({ page }, use) => {
    await use(new KeycloakPage(page))
  },
  sell: async ({ page }, use) => {
    await use(new SellPage(page))
  },
  realm: async ({}, use) => {
    await use(new Realm())
  },
})

// Two servers' pages for each way in, and a Keycloak beside it all on the same machine.
test.setTimeout(120_000)

const signInButton = (page: Page) => page.getByRole('button', { name: 'Anmelden', exact: true })
const ended = (page: Page) => page.getByRole('dialog', { name: 'Bitte neu anmelden' })

async function enter(page: Page, keycloak: KeycloakPage, username: string, path = '/'): Promise<void> {
  await page.goto(path)
  await signInButton(page).click()
  await keycloak.signInAs(username)
}

async function leave(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Person und Einstellungen' }).click()
  await page.getByRole('menuitem', { name: 'Abmelden' }).click()
}

test('signing in leads to the page that was asked for, and no token into the browser @keycloak', async ({
  page,
  context,
  keycloak,
}) => {
  await enter(page, keycloak, 'keller', '/orders?state=sold')
  await expect(page).toHaveURL(/\/orders\?state=sold$/)
  await expect(page.getByRole('button', { name: 'Person und Einstellungen' })).toContainText('Anna Keller')
  const kept = await page.evaluate(() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]))
  expect(kept).not.toContain('eyJ')
  const own = (await context.cookies()).filter(({ path }) => path === '/')
  expect(own.map(({ name }) => name).toSorted()).toEqual(['csrf', 'session'])
  expect(await page.evaluate(() => document.cookie)).toBe('')
})

// Keycloak refuses a password while it looks at another of the same person.
test('who clicks twice, here and at Keycloak, is signed in @keycloak', async ({ page, keycloak }) => {
  await page.goto('/orders')
  await signInButton(page).dblclick()
  await keycloak.signInAs('meier', undefined, () => keycloak.button.dblclick())
  await expect(page.getByRole('button', { name: 'Person und Einstellungen' })).toContainText('Meier')
})

test('signing out ends the session here and at Keycloak, which then asks again @keycloak', async ({
  page,
  keycloak,
}) => {
  await enter(page, keycloak, 'keller')
  await leave(page)
  await expect(signInButton(page)).toBeVisible()
  expect(new URL(page.url()).pathname).toBe('/')
  await signInButton(page).click()
  await keycloak.expectOpen()
})

test('a session that ends at Keycloak ends here too; the half-finished sale goes on after it @keycloak', async ({
  page,
  keycloak,
  sell,
  realm,
}) => {
  await enter(page, keycloak, 'rochat', '/sell')
  await sell.search('bn', 'zue', dayAhead(24))
  await sell.pick('flexible')
  await sell.name({ first: 'Anna', last: 'Meier', born: '14.3.1984' })
  const saved = sell.saved('REF-OIDC')
  await sell.basket.getByLabel('Referenz').fill('REF-OIDC')
  await saved
  const before = page.url()
  await realm.logOut('rochat')
  await sell.sell()
  await expect(ended(page)).toBeVisible()
  await ended(page).getByRole('button', { name: 'Anmelden' }).click()
  await keycloak.signInAs('rochat')
  await expect(page).toHaveURL(before)
  await expect(sell.basket.locator('[name=first_name]')).toHaveValue('Anna')
  await expect(sell.basket.locator('[name=last_name]')).toHaveValue('Meier')
  await expect(sell.basket.getByLabel('Referenz')).toHaveValue('REF-OIDC')
  await expect(sell.rows.first()).toBeVisible()
  await sell.sell()
  const number = await sell.soldNumber()
  expect(await booksOf(number)).toHaveLength(1)
})

test('a session that has expired is begun again without a password while Keycloak knows the browser @keycloak', async ({
  page,
  context,
  keycloak,
  sell,
}) => {
  await enter(page, keycloak, 'keller', '/sell')
  await sell.search('bn', 'zue', dayAhead(25))
  await sell.pick('flexible')
  const before = page.url()
  const total = await sell.total.innerText()
  await context.clearCookies({ name: 'session' })
  await sell.basket.locator('[name=first_name]').fill('Beat')
  await expect(ended(page)).toBeVisible()
  await ended(page).getByRole('button', { name: 'Anmelden' }).click()
  await expect(page).toHaveURL(before)
  await expect(sell.total).toHaveText(total)
  await expect(sell.basket.locator('[name=first_name]')).toHaveValue('Beat')
})

test('a right that is taken away is gone within the interval, without a new sign-in @keycloak', async ({
  page,
  keycloak,
  realm,
}) => {
  await enter(page, keycloak, 'meier')
  await expect(page.getByRole('link', { name: 'Verkauf', exact: true }).first()).toBeVisible()
  await realm.setMember('meier', '/agencies/alpenreisen/sell', false)
  try {
    await expect(async () => {
      await page.reload()
      await expect(page.getByRole('link', { name: 'Aufträge' }).first()).toBeVisible()
      await expect(page.getByRole('link', { name: 'Verkauf', exact: true })).toHaveCount(0, { timeout: 500 })
    }).toPass({ timeout: 20_000 })
  } finally {
    await realm.setMember('meier', '/agencies/alpenreisen/sell', true)
  }
})

test('somebody who is disabled is out within the interval and does not come in again @keycloak', async ({
  page,
  keycloak,
  realm,
}) => {
  await enter(page, keycloak, 'favre')
  await realm.setEnabled('favre', false)
  try {
    await expect(async () => {
      await page.reload()
      await expect(signInButton(page)).toBeVisible({ timeout: 500 })
    }).toPass({ timeout: 20_000 })
    await signInButton(page).click()
    await keycloak.username.fill('favre')
    await keycloak.submit('favre')
    await keycloak.expectOpen()
  } finally {
    await realm.setEnabled('favre', true)
  }
})

test('an admin invites somebody, who chooses a password, signs in at Keycloak, and is blocked again @keycloak', async ({
  page,
  browser,
  keycloak,
}) => {
  const password = 'korrektes pferd batterie 7 Klammer'
  const email = `ida-${String(Date.now())}@agency.example`
  const users = new UsersPage(page)
  await enter(page, keycloak, 'huber', '/users')
  const link = await users.invite('Ida', 'Aebi', email)
  await expect(users.row('Ida Aebi')).toContainText('Eingeladen')

  const theirs = await (await browser.newContext({ locale: 'de-CH' })).newPage()
  await theirs.goto(link)
  await theirs.getByLabel('Passwort', { exact: true }).fill(password)
  await theirs.getByLabel('Passwort wiederholen').fill(password)
  await theirs.getByRole('button', { name: 'Passwort setzen' }).click()
  await theirs.getByRole('link', { name: 'Anmelden' }).click()
  await signInButton(theirs).or(theirs.locator('#username')).first().waitFor()
  if (await signInButton(theirs).isVisible()) await signInButton(theirs).click()
  await new KeycloakPage(theirs).signInAs(email, password)
  await expect(theirs.getByRole('link', { name: 'Verkauf', exact: true }).first()).toBeVisible()

  await page.reload()
  await expect(users.row('Ida Aebi')).not.toContainText('Eingeladen')
  await users.right('Ida Aebi', 'Verkaufen').click()
  await expect(users.right('Ida Aebi', 'Verkaufen')).toHaveAttribute('aria-checked', 'false')
  await theirs.goto('/orders')
  await expect(theirs.getByRole('link', { name: 'Aufträge' }).first()).toBeVisible()
  await expect(theirs.getByRole('link', { name: 'Verkauf', exact: true })).toHaveCount(0)

  await users.openSheet('Ida Aebi')
  await users.sheet.getByRole('button', { name: 'Sperren' }).click()
  await expect(users.row('Ida Aebi')).toContainText('Gesperrt')
  await theirs.goto('/orders')
  await expect(signInButton(theirs)).toBeVisible()
})

test('somebody of an agency that signs in at its own provider comes in through it @keycloak', async ({
  page,
  keycloak,
}) => {
  await page.goto('/')
  await signInButton(page).click()
  await page.getByRole('link', { name: 'Voyages Léman' }).click()
  await page.waitForURL(/realms\/voyages-leman/)
  await keycloak.signInAs('dubois')
  await expect(page).toHaveURL(/\/orders$/)
  await expect(page.getByRole('button', { name: 'Person und Einstellungen' })).toContainText('Voyages Léman')
})

test('somebody in two agencies picks one, and starts there the next time @keycloak', async ({ page, keycloak, realm }) => {
  await realm.setMember('frei', '/agencies/voyages-leman/sell', true)
  try {
    await enter(page, keycloak, 'frei')
    await expect(page).toHaveURL(/\/orders$/)
    await page.getByRole('button', { name: 'Person und Einstellungen' }).click()
    await page.getByRole('menuitemradio', { name: 'Voyages Léman SA' }).click()
    await expect(page).toHaveURL(/\/sell$/)
    await leave(page)
    await signInButton(page).click()
    await keycloak.signInAs('frei')
    await expect(page).toHaveURL(/\/sell$/)
  } finally {
    await realm.setMember('frei', '/agencies/voyages-leman/sell', false)
  }
})

test('somebody without an agency is told whom to ask, and may be somebody else @keycloak', async ({
  page,
  keycloak,
  realm,
}) => {
  await realm.setMember('brunner', '/agencies/alpenreisen/finance', false)
  await realm.setMember('brunner', '/agencies/alpenreisen', false)
  try {
    await enter(page, keycloak, 'brunner')
    await expect(page.getByRole('alert')).toContainText('gehört zu keiner Agentur')
    await expect(page.getByRole('alert')).toContainText('sign-in-no-place')
    await signInButton(page).click()
    await keycloak.expectOpen()
  } finally {
    await realm.setMember('brunner', '/agencies/alpenreisen', true)
    await realm.setMember('brunner', '/agencies/alpenreisen/finance', true)
  }
})
