import { readFileSync } from 'node:fs'
import { test as base, expect, type Page } from '@playwright/test'
import { OrderPage } from './pages/OrderPage'
import { OrdersPage } from './pages/OrdersPage'
import { SellPage } from './pages/SellPage'
import { SignInPage } from './pages/SignInPage'

export interface User {
  readonly agency: string
  readonly username: string
  readonly password: string
  readonly rights: string
}

const users = (): User[] =>
  JSON.parse(readFileSync(process.env['E2E_USERS'] ?? '../var/users.json', 'utf8')) as User[]

/** A user with exactly these rights, as the demo writes them ("sell, refund"). */
export function userWith(rights: string, agency = 'alpenreisen'): User {
  const found = users().find((user) => user.rights === rights && user.agency === agency)
  if (!found) throw new Error(`no user of ${agency} with: ${rights}`)
  return found
}

/** What the browser must never do: break the content security policy, ask another server, throw. */
function watch(page: Page, faults: string[]): void {
  const own = new URL(base.info().project.use.baseURL ?? '').origin
  page.on('request', (request) => {
    if (!request.url().startsWith(own)) faults.push(`foreign request: ${request.url()}`)
  })
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`))
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) faults.push(message.text())
  })
}

interface Shop {
  faults: string[]
  sell: SellPage
  orders: OrdersPage
  order: OrderPage
  signIn: SignInPage
}

export const test = base.extend<Shop>({
  faults: [
    async ({ context, page }, use) => {
      const faults: string[] = []
      watch(page, faults)
      context.on('page', (opened) => {
        watch(opened, faults)
      })
      await use(faults)
      expect(faults).toEqual([])
    },
    { auto: true },
  ],
  signIn: async ({ page }, use) => {
    await use(new SignInPage(page))
  },
  sell: async ({ page }, use) => {
    await use(new SellPage(page))
  },
  orders: async ({ page }, use) => {
    await use(new OrdersPage(page))
  },
  order: async ({ page }, use) => {
    await use(new OrderPage(page))
  },
})

/** The distributor's own view of the money: minor units per currency. */
export interface Books {
  readonly bookings: readonly {
    readonly state: string
    readonly externalRef: string
    readonly confirmed: number
    readonly refunded: number
  }[]
}

const sandbox = (): string => process.env['E2E_SANDBOX_URL'] ?? 'http://127.0.0.1:8100'

export async function booksOf(order: string): Promise<Books['bookings']> {
  const answer = await fetch(`${sandbox()}/sandbox/books.json`)
  const books = (await answer.json()) as Books
  return books.bookings.filter((booking) => booking.externalRef.startsWith(order))
}

export interface Fault {
  readonly operation: string
  readonly fault: string
  readonly times?: number
  readonly seconds?: number
  readonly problem?: string
}

/** Makes the distributor misbehave; without an argument it is well again. */
export async function distributorFault(fault?: Fault): Promise<void> {
  await fetch(`${sandbox()}/sandbox/faults`, { method: 'DELETE' })
  if (fault) await alsoFault(fault)
}

/** One more, beside those that are on. */
export async function alsoFault(fault: Fault): Promise<void> {
  const answer = await fetch(`${sandbox()}/sandbox/faults`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(fault),
  })
  expect(answer.ok).toBe(true)
}

/** A day some weeks ahead, as YYYY-MM-DD. */
export function dayAhead(days: number): string {
  const at = new Date(Date.now() + days * 86_400_000)
  return at.toISOString().slice(0, 10)
}

export { expect }
