import type { Locator, Page } from '@playwright/test'

export class OrdersPage {
  readonly rows: Locator
  readonly field: Locator

  constructor(private readonly page: Page) {
    this.rows = page.getByTestId('order-row')
    this.field = page.getByRole('searchbox', { name: 'Name, Nummer, Datum oder Referenz' })
  }

  async open(): Promise<void> {
    await this.page.goto('/orders')
    await this.field.waitFor()
  }

  async find(text: string): Promise<void> {
    await this.field.fill(text)
    await this.page.waitForURL((url) => url.searchParams.get('q') === text)
  }

  row(number: string): Locator {
    return this.rows.filter({ hasText: number })
  }
}
