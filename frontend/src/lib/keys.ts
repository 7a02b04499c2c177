/** Every key of the page. One list: the `?` dialog shows it, nothing else listens to keys of its own. */
export const KEYS = {
  search: '/',
  next: ['j', 'ArrowDown'],
  previous: ['k', 'ArrowUp'],
  offers: ['1', '2', '3'],
  earlier: 'e',
  later: 'l',
  travellers: 't',
  basket: 'b',
  sell: 'Ctrl+Enter',
  hide: 'h',
  nextCustomer: 'n',
  refund: 'r',
  print: 'p',
  goSell: 'g s',
  goOrders: 'g o',
  goUsers: 'g u',
  goAgencies: 'g a',
  goWorklist: 'g w',
  help: '?',
} as const

export type KeyAction = keyof typeof KEYS

const TEXT_TYPES = new Set(['text', 'search', 'email', 'tel', 'password', 'number', 'date', ''])

/** Whether what is typed there becomes text: single keys are then letters, not orders. */
export function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true
  if (target instanceof HTMLSelectElement) return true
  return target instanceof HTMLInputElement && TEXT_TYPES.has(target.getAttribute('type') ?? '')
}

/** The name of a stroke as the list writes it: "Ctrl+Enter", "j", "?". Command counts as Ctrl on a Mac. */
export function strokeOf(event: KeyboardEvent): string {
  return event.ctrlKey || event.metaKey ? `Ctrl+${event.key}` : event.key
}

export interface Listener {
  /** Stroke, or two strokes after one another ("g s"), to what is done; false: the stroke is left to others. */
  readonly strokes: Readonly<Record<string, (event: KeyboardEvent) => boolean>>
}

const listeners: Listener[] = []
let pending = ''

const dialogIsOpen = (): boolean =>
  document.querySelector('[role=dialog][data-state=open], [role=menu][data-state=open]') !== null

function handle(event: KeyboardEvent): void {
  const stroke = strokeOf(event)
  const chord = stroke.startsWith('Ctrl+')
  if (event.defaultPrevented || event.altKey || event.isComposing) return
  if (!chord && (takesText(event.target) || dialogIsOpen())) return
  const both = pending === '' ? stroke : `${pending} ${stroke}`
  pending = ''
  for (const listener of listeners.toReversed()) {
    const act = listener.strokes[both] ?? listener.strokes[stroke]
    if (act?.(event)) {
      event.preventDefault()
      return
    }
  }
  if (stroke === 'g') pending = 'g'
}

/** Listens until the returned function is called. The newest listener is asked first. */
export function listen(strokes: Listener['strokes']): () => void {
  const listener = { strokes }
  if (listeners.length === 0) globalThis.addEventListener('keydown', handle)
  listeners.push(listener)
  return () => {
    listeners.splice(listeners.indexOf(listener), 1)
    if (listeners.length === 0) globalThis.removeEventListener('keydown', handle)
  }
}

/** The strokes of an action, for a listener: `{...on('next', act)}`. */
export function on(
  action: KeyAction,
  act: (event: KeyboardEvent) => boolean,
): Listener['strokes'] {
  const strokes: string | readonly string[] = KEYS[action]
  const all = typeof strokes === 'string' ? [strokes] : strokes
  return Object.fromEntries(all.map((stroke) => [stroke, act]))
}
