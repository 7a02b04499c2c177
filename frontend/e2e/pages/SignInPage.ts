import type { Cookie, Locator, Page } from '@playwright/test'

interface Credentials {
  readonly username: string
  readonly password: string
}

/** Sessions of this run, by user. */
const sessions = new Map<string, Cookie[]>()

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

  /** Signed in already: with the session that an earlier test began. What signs in or out must not use it. */
  async resume(user: Credentials): Promise<void> {
    const context = this.page.context()
    const kept = sessions.get(user.username)
    if (kept) {
      await context.addCookies(kept)
      return
    }
    await this.open()
    await this.as(user)
    sessions.set(user.username, await context.cookies())
  }

  async as(user: Credentials): Promise<void> {
    await this.username.fill(user.username)
    await this.password.fill(user.password)
    await this.page.getByRole('button', { name: 'Anmelden' }).click()
    await this.username.waitFor({ state: 'detached' })
  }
}
