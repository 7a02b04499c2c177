import { recall, remember } from './storage'

const PREFIX = 'intent:'

/** A random UUID; `crypto.randomUUID` exists only in secure contexts, and an agency may try the page over plain HTTP. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/**
 * The idempotency key of an intent such as "sale:AC0000012": made once and kept, in every tab, until `settleIntent`.
 *
 * A double click, a second tab and a retry after a lost answer thus send the same key.
 */
export function intentKey(intent: string): string {
  const known = recall(PREFIX + intent)
  if (typeof known === 'string') return known
  const key = newKey()
  remember(PREFIX + intent, key)
  return key
}

/** The outcome of the intent is known: the next click is a new intent. */
export function settleIntent(intent: string): void {
  remember(PREFIX + intent, null)
}
