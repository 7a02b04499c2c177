import type { Locator, Page } from '@playwright/test'

export class SignInPage {
  readonly username: Locator
  readonly password: Locator

  constructor(private readonly page: Page) {
    this.username = page.getByLabel('Benutzername')
    this.password = page.getByLabel('Passwort')
  }

  async open(): Promise<void> {
    await this.page.goto('/')
  }

  async as(user: { readonly username: string; readonly password: string }): Promise<void> {
    await this.username.fill(user.username)
    await this.password.fill(user.password)
    await this.page.getByRole('button', { name: 'Anmelden' }).click()
    await this.username.waitFor({ state: 'detached' })
  }
}
