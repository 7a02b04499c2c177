import type { Locator, Page } from '@playwright/test'

/** The admin's page of people and branches. */
export class UsersPage {
  readonly rows: Locator
  readonly sheet: Locator
  readonly link: Locator
  readonly changes: Locator

  constructor(private readonly page: Page) {
    this.rows = page.getByTestId('user-row')
    this.sheet = page.getByRole('dialog')
    this.link = page.getByLabel('Einmaliger Link')
    this.changes = page.getByTestId('changes').getByRole('listitem')
  }

  async open(part = ''): Promise<void> {
    await this.page.goto(`/users${part}`)
  }

  row(name: string): Locator {
    return this.rows.filter({ hasText: name })
  }

  right(name: string, right: string): Locator {
    return this.page.getByRole('switch', { name: `${right}: ${name}` })
  }

  /** Invites somebody with the rights that are offered first, and returns the link. */
  async invite(first: string, last: string, email: string): Promise<string> {
    await this.page.getByRole('button', { name: 'Einladen' }).click()
    await this.sheet.getByLabel('Vorname').fill(first)
    await this.sheet.getByLabel('Name', { exact: true }).fill(last)
    await this.sheet.getByLabel('E-Mail').fill(email)
    await this.sheet.getByRole('button', { name: 'Einladen' }).click()
    const link = await this.link.inputValue()
    await this.sheet.getByRole('button', { name: 'Schliessen' }).last().click()
    return link
  }

  async openSheet(name: string): Promise<void> {
    await this.row(name).getByRole('button').first().click()
    await this.sheet.waitFor()
  }
}
