// @vitest-environment jsdom
import { afterEach, describe, expect, it } from 'vitest'
import { listen, on, takesText } from './keys'

const press = (key: string, target: EventTarget = document.body, ctrlKey = false): boolean =>
  target.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey, bubbles: true, cancelable: true }))

describe('keys', () => {
  let stop: (() => void) | undefined
  afterEach(() => {
    stop?.()
    document.body.replaceChildren()
  })
  function count(action: Parameters<typeof on>[0]): () => number {
    let times = 0
    stop = listen(
      on(action, () => {
        times += 1
        return true
      }),
    )
    return () => times
  }

  it('act outside fields only', () => {
    const times = count('next')
    const field = document.body.appendChild(document.createElement('input'))
    press('j', field)
    expect(times()).toBe(0)
    expect(press('j')).toBe(false)
    expect(times()).toBe(1)
  })
  it('act as a chord inside a field', () => {
    const times = count('sell')
    const field = document.body.appendChild(document.createElement('input'))
    press('Enter', field)
    press('Enter', field, true)
    expect(times()).toBe(1)
  })
  it('act after one another', () => {
    const times = count('goOrders')
    press('o')
    press('g')
    press('o')
    expect(times()).toBe(1)
  })
  it('leave a stroke alone that is refused', () => {
    stop = listen(on('next', () => false))
    expect(press('j')).toBe(true)
  })
  it('tell a text field from a radio button', () => {
    const radio = document.createElement('input')
    radio.type = 'radio'
    expect(takesText(radio)).toBe(false)
    expect(takesText(document.createElement('textarea'))).toBe(true)
  })
})
