import type { Locator, Page, Response } from '@playwright/test'

export interface Person {
  readonly first: string
  readonly last: string
  readonly born: string
}

export type Column = 'flexible' | 'saver' | 'other-class'

export class SellPage {
  readonly basket: Locator
  readonly sold: Locator
  readonly doubt: Locator
  readonly total: Locator
  readonly rows: Locator
  readonly problem: Locator
  readonly sellButton: Locator

  constructor(private readonly page: Page) {
    this.basket = page.getByTestId('basket')
    this.sold = page.getByTestId('sold')
    this.doubt = this.basket.getByTestId('in-doubt')
    this.total = page.getByTestId('total')
    this.rows = page.locator('[data-row-toggle]')
    this.problem = page.getByRole('alert')
    this.sellButton = this.basket.getByRole('button', { name: /^Verkaufen/ })
  }

  async open(): Promise<void> {
    await this.page.goto('/sell')
    await this.station('Von').waitFor()
  }

  station(label: string): Locator {
    return this.page.getByRole('combobox', { name: label, exact: true })
  }

  async chooseStation(label: string, code: string): Promise<void> {
    await this.station(label).fill(code)
    await this.page.getByRole('option').first().waitFor()
    await this.station(label).press('Tab')
  }

  async giveCard(card: string): Promise<void> {
    await this.page.getByRole('button', { name: /^Reisende/ }).click()
    await this.page.getByRole('combobox', { name: 'Erwachsene: Abo oder Karte' }).first().selectOption({ label: card })
    await this.page.keyboard.press('Escape')
  }

  async addAdults(count: number): Promise<void> {
    await this.page.getByRole('button', { name: /^Reisende/ }).click()
    const add = this.page.getByRole('dialog').getByRole('button', { name: 'Erwachsene', exact: true })
    for (let left = count; left > 0; left -= 1) await add.click()
    await this.page.keyboard.press('Escape')
  }

  async fillJourney(from: string, to: string, day: string, time: string): Promise<void> {
    await this.chooseStation('Von', from)
    await this.chooseStation('Nach', to)
    await this.page.getByLabel('Datum', { exact: true }).fill(day)
    await this.page.getByLabel('Zeit', { exact: true }).fill(time)
  }

  async search(from: string, to: string, day: string, time = '0802'): Promise<void> {
    await this.fillJourney(from, to, day, time)
    await this.page.getByRole('button', { name: 'Suchen' }).click()
    await this.rows.first().waitFor()
  }

  /** Asks for the way back too, an hour of another day. */
  async giveReturn(day: string, time: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Rückfahrt' }).click()
    await this.page.getByLabel('Rückfahrt am').fill(day)
    await this.page.getByLabel('Zeit', { exact: true }).nth(1).fill(time)
  }

  /** Chooses one of the connections back; when it leaves, as the page writes it. */
  async chooseBack(index: number): Promise<string> {
    const choice = this.page.getByRole('combobox', { name: 'Verbindung zurück' })
    await choice.selectOption({ index })
    const words = await choice.locator('option').nth(index).innerText()
    return words.slice(0, 'hh:mm'.length)
  }

  price(row: number, column: Column): Locator {
    return this.page.locator('ol > li').filter({ has: this.rows }).nth(row).locator(`button[data-column=${column}]`)
  }

  /** The first price of a column that is on sale, and its amount. */
  async pick(column: Column): Promise<string> {
    const price = this.page.locator(`button[data-column=${column}]`).first()
    const amount = await price.locator('.price').innerText()
    await price.click()
    await this.basket.locator('[data-status]').first().waitFor()
    return amount
  }

  async name(...people: Person[]): Promise<void> {
    for (const [index, person] of people.entries()) {
      await this.basket.locator('[name=first_name]').nth(index).fill(person.first)
      await this.basket.locator('[name=last_name]').nth(index).fill(person.last)
      await this.basket.locator('[name=birth_date]').nth(index).fill(person.born)
    }
    await this.basket.locator('[name=birth_date]').last().blur()
  }

  /** Resolves when this text is saved, and no request for it is on its way any more. */
  saved(text: string): Promise<Response> {
    return this.page.waitForResponse(
      (answer) => answer.request().method() === 'PATCH' && (answer.request().postData() ?? '').includes(text),
    )
  }

  async sell(): Promise<void> {
    await this.sellButton.click()
  }

  /** The number of the order that was sold. */
  async soldNumber(): Promise<string> {
    await this.sold.waitFor({ timeout: 30_000 })
    const text = await this.sold.getByRole('link', { name: /Auftrag/ }).innerText()
    return text.replace('Auftrag ', '')
  }
}
