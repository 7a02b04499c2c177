import type { Page } from '@playwright/test'

/** What is wrong with how the page lies: sideways scrolling, cut words, words upon words. Empty: all is well. */
export async function crooked(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    interface Word {
      readonly element: Element
      readonly text: string
      readonly box: DOMRect
    }

    const SLACK = 2
    const NEAR = 60
    const faults: string[] = []
    const wide = document.documentElement.scrollWidth - innerWidth
    if (wide > 0) faults.push(`the page scrolls sideways by ${String(wide)} px`)

    const scrolls = (element: Element): boolean => /auto|scroll/.test(getComputedStyle(element).overflowX)
    const within = (element: Element, test: (each: Element) => boolean): boolean => {
      for (let each: Element | null = element; each && each !== document.body; each = each.parentElement) {
        if (test(each)) return true
      }
      return false
    }

    // What is there for readers only is cut away on purpose.
    const shown = (element: Element): boolean =>
      element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
      !within(element, (each) => getComputedStyle(each).clipPath !== 'none' || each.matches('.skip, option'))

    const words: Word[] = []
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      const node = walker.currentNode
      const element = node.parentElement
      const text = (node.textContent ?? '').trim()
      if (text === '' || !element || !shown(element)) continue
      const range = document.createRange()
      range.selectNodeContents(node)
      for (const box of range.getClientRects()) {
        if (box.width > 0 && box.height > 0) words.push({ element, text: text.slice(0, 40), box })
      }
    }

    for (const { element, text, box } of words) {
      if (within(element, scrolls)) continue
      if (box.left < -SLACK || box.right > innerWidth + SLACK) faults.push(`"${text}" leaves the screen`)
      // What stays in place and lies below the screen cannot be scrolled to.
      const below = box.bottom > innerHeight + SLACK
      if (below && within(element, (each) => getComputedStyle(each).position === 'fixed')) {
        faults.push(`"${text}" lies below the screen`)
      }
      const cut = within(element, (each) => {
        if (!/hidden|clip/.test(getComputedStyle(each).overflowX)) return false
        const frame = each.getBoundingClientRect()
        return box.right > frame.right + SLACK || box.left < frame.left - SLACK
      })
      if (cut) faults.push(`"${text}" is cut`)
    }
    for (const field of document.querySelectorAll('button, select, .control')) {
      if (!shown(field) || field.scrollWidth <= field.clientWidth + SLACK) continue
      if (field instanceof HTMLInputElement) continue
      faults.push(`"${field.textContent.trim().slice(0, 40)}" is wider than its control`)
    }

    // What stays in place lies over what scrolls, and a dialog over everything: only equals are compared.
    const layer = (element: Element): Element | null => {
      for (let each: Element | null = element; each; each = each.parentElement) {
        if (/fixed|sticky/.test(getComputedStyle(each).position) || each.matches('[role=listbox]')) return each
      }
      return null
    }
    const placed = words
      .map((word) => ({ ...word, layer: layer(word.element) }))
      .toSorted((one, other) => one.box.top - other.box.top)
    placed.forEach((one, index) => {
      for (const other of placed.slice(index + 1, index + NEAR)) {
        if (other.box.top > one.box.bottom) break
        if (one.element === other.element || one.layer !== other.layer) continue
        const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left)
        const down = Math.min(one.box.bottom, other.box.bottom) - other.box.top
        if (across > SLACK && down > 2 * SLACK) faults.push(`"${one.text}" lies upon "${other.text}"`)
      }
    })
    return [...new Set(faults)]
  })
}
