import type { Locator, Page } from '@playwright/test'

export class OrderPage {
  readonly tickets: Locator
  readonly documents: Locator
  readonly sheet: Locator
  readonly fee: Locator
  readonly amount: Locator
  readonly refunded: Locator
  readonly soldTotal: Locator
  readonly refundButton: Locator

  constructor(private readonly page: Page) {
    this.tickets = page.getByTestId('ticket')
    this.documents = page.locator('a[data-document]')
    this.sheet = page.getByRole('dialog')
    this.fee = page.getByTestId('refund-fee')
    this.amount = page.getByTestId('refund-amount')
    this.refunded = page.getByTestId('refunded-total')
    this.soldTotal = page.getByTestId('sold-total')
    this.refundButton = page.getByRole('button', { name: /^Erstatten/ })
  }

  async open(number: string): Promise<void> {
    await this.page.goto(`/orders/${number}`)
    await this.tickets.first().waitFor()
  }

  async quote(): Promise<void> {
    await this.refundButton.click()
    await this.sheet.getByRole('button', { name: 'Betrag anfragen' }).click()
  }

  async accept(): Promise<void> {
    await this.sheet.getByRole('button', { name: /^CHF .* erstatten$/ }).click()
    await this.page.getByTestId('refund-done').waitFor()
  }
}
