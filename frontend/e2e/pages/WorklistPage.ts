import type { Locator, Page } from '@playwright/test'

/** What the operator's people work off. */
export class WorklistPage {
  readonly cases: Locator
  readonly differences: Locator
  readonly dialog: Locator
  readonly decided: Locator
  readonly run: Locator
  readonly audits: Locator

  constructor(readonly page: Page) {
    this.cases = page.getByTestId('case')
    this.differences = page.getByTestId('difference')
    this.dialog = page.getByRole('dialog')
    this.decided = page.getByTestId('decided')
    this.run = page.getByTestId('run')
    this.audits = page.getByTestId('audit')
  }

  async open(): Promise<void> {
    await this.page.goto('/worklist')
    await this.view('Zu entscheiden').waitFor()
  }

  view(name: string): Locator {
    return this.page.getByRole('button', { name: new RegExp(`^${name}`) })
  }

  caseOf(number: string): Locator {
    return this.cases.filter({ hasText: number })
  }

  async answer(number: string, word: string): Promise<void> {
    await this.caseOf(number).getByRole('button', { name: word, exact: true }).click()
    await this.dialog.waitFor()
  }

  /** Has the books compared and waits for the end of it. */
  async compare(): Promise<void> {
    const asked = this.page.waitForResponse((answer) => answer.url().endsWith('/reconciliations') && answer.status() === 202)
    await this.page.getByRole('button', { name: 'Jetzt vergleichen' }).click()
    await asked
    await this.page.locator('[data-testid=run][data-state=done]').waitFor({ timeout: 30_000 })
  }
}
