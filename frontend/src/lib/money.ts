/** An amount in minor units (Rappen, cents) with its currency, as the server writes it. The page never adds amounts. */
export interface MoneyValue {
  readonly amount: number
  readonly currency: string
}

// One way of writing numbers in all four languages: agents compare figures, and Swiss tickets print them like this.
const NUMBER_LOCALE = 'de-CH'

const digitsOf = (currency: string): number =>
  new Intl.NumberFormat(NUMBER_LOCALE, { style: 'currency', currency }).resolvedOptions()
    .maximumFractionDigits ?? 2

/** "12'345.60": the figure alone, for columns whose head names the currency. */
export function formatAmount(money: MoneyValue): string {
  const digits = digitsOf(money.currency)
  const format = new Intl.NumberFormat(NUMBER_LOCALE, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  return format
    .format(money.amount / 10 ** digits)
    .replaceAll('’', "'")
    .replaceAll('-', '−')
}

/** "CHF 12'345.60". */
export const formatMoney = (money: MoneyValue): string =>
  `${money.currency}\u00a0${formatAmount(money)}`

export const sameMoney = (one: MoneyValue, other: MoneyValue): boolean =>
  one.amount === other.amount && one.currency === other.currency
