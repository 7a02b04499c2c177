import { readFileSync } from 'node:fs'
import { expect, type Locator, type Page } from '@playwright/test'

interface Connection {
  readonly issuer: string
  readonly internal_url: string
  readonly admin_client_id: string
  readonly admin_client_secret: string
  readonly users: Readonly<Record<string, string>>
}

const connection = (): Connection =>
  JSON.parse(readFileSync(process.env['E2E_KEYCLOAK'] ?? '../var/keycloak/run/connection.json', 'utf8')) as Connection

/** Keycloak's own sign-in page. */
export class KeycloakPage {
  readonly username: Locator
  readonly password: Locator
  readonly button: Locator

  constructor(private readonly page: Page) {
    this.username = page.locator('#username')
    this.password = page.locator('#password')
    this.button = page.locator('#kc-login')
  }

  /** Signs in, with the password of the demo's people; at the end the shop's page is open again. */
  async signInAs(username: string, password?: string, press = () => this.button.click()): Promise<void> {
    await this.username.fill(username)
    await this.submit(username, password, press)
    await this.page.waitForURL((url) => url.origin === shopOrigin())
  }

  /** Where Keycloak knows the name and asks for the password only. */
  async submit(
    username: string,
    password = connection().users[username] ?? '',
    press = () => this.button.click(),
  ): Promise<void> {
    await this.password.fill(password)
    await press()
  }

  async expectOpen(): Promise<void> {
    await expect(this.password).toBeVisible()
    expect(this.page.url().startsWith(connection().issuer)).toBe(true)
  }
}

export const shopOrigin = (): string => new URL(process.env['E2E_BASE_URL'] ?? '').origin

/** The realm as somebody with the service account changes it, behind the shop's back. */
export class Realm {
  private token = ''

  async userId(username: string): Promise<string> {
    const found = (await this.call('GET', `/users?exact=true&username=${username}`)) as { id: string }[]
    return found[0]?.id ?? ''
  }

  /** Ends all of the person's sessions at Keycloak, which tells the shop. */
  async logOut(username: string): Promise<void> {
    await this.call('POST', `/users/${await this.userId(username)}/logout`)
  }

  async setEnabled(username: string, enabled: boolean): Promise<void> {
    await this.call('PUT', `/users/${await this.userId(username)}`, { enabled })
  }

  async setMember(username: string, path: string, member: boolean): Promise<void> {
    const group = (await this.call('GET', `/group-by-path${path}`)) as { id: string }
    await this.call(member ? 'PUT' : 'DELETE', `/users/${await this.userId(username)}/groups/${group.id}`)
  }

  private async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const { internal_url: internal } = connection()
    if (this.token === '') await this.enter()
    const answer = await fetch(internal.replace('/realms/', '/admin/realms/') + path, {
      method,
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    expect(answer.ok, `${method} ${path}: ${String(answer.status)}`).toBe(true)
    const text = await answer.text()
    return text === '' ? null : (JSON.parse(text) as unknown)
  }

  private async enter(): Promise<void> {
    const { internal_url: internal, admin_client_id: id, admin_client_secret: secret } = connection()
    const answer = await fetch(`${internal}/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret }),
    })
    this.token = ((await answer.json()) as { access_token: string }).access_token
  }
}
