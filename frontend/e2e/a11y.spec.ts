import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { dayAhead, expect, test, userWith } from './shop'

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze()
  return found.map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.target.join(' ')).join(', ')}`)
}

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [1440, 390]) {
    test(`every page can be used by everybody (${scheme}, ${String(width)} px)`, async ({ page, signIn, sell, orders, order }) => {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
      await page.setViewportSize({ width, height: 900 })
      await signIn.open()
      await signIn.username.waitFor()
      expect(await violations(page)).toEqual([])
      await signIn.as(userWith('sell, refund'))
      await sell.open()
      await sell.search('bn', 'zue', dayAhead(30))
      await sell.rows.first().click()
      await sell.pick('flexible')
      expect(await violations(page)).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
      await sell.name({ first: 'Anna', last: 'Meier', born: '14.3.1984' })
      await sell.sell()
      const number = await sell.soldNumber()
      expect(await violations(page)).toEqual([])
      await orders.open()
      await orders.rows.first().waitFor()
      expect(await violations(page)).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
      await order.open(number)
      expect(await violations(page)).toEqual([])
      await order.refundButton.click()
      await order.sheet.waitFor()
      expect(await violations(page)).toEqual([])
    })
  }
}
