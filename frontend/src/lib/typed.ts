import { addDays, weekday } from './dates'

/** The first two letters of the weekdays, Sunday first. */
const WEEKDAYS: Readonly<Record<string, readonly string[]>> = {
  de: ['so', 'mo', 'di', 'mi', 'do', 'fr', 'sa'],
  fr: ['di', 'lu', 'ma', 'me', 'je', 've', 'sa'],
  it: ['do', 'lu', 'ma', 'me', 'gi', 've', 'sa'],
  en: ['su', 'mo', 'tu', 'we', 'th', 'fr', 'sa'],
}

/** The language of the page decides ("do" is Thursday or Sunday); the others are understood where it does not know. */
function weekdayOf(word: string, language: string): number | null {
  if (!/^\p{L}{2,12}\.?$/u.test(word)) return null
  const letters = word.slice(0, 2)
  const own = WEEKDAYS[language]?.indexOf(letters) ?? -1
  if (own >= 0) return own
  const other = Object.values(WEEKDAYS).find((names) => names.includes(letters))
  return other ? other.indexOf(letters) : null
}

function dayOf(year: number, month: number, date: number): string | null {
  const at = new Date(Date.UTC(year, month - 1, date))
  const real = at.getUTCFullYear() === year && at.getUTCMonth() === month - 1 && at.getUTCDate() === date
  return real ? at.toISOString().slice(0, 10) : null
}

const fullYear = (year: string): number => Number(year.length === 2 ? `20${year}` : year)

/** A day without a year is the next such day, today included. */
function nextOf(month: number, date: number, today: string): string | null {
  const year = Number(today.slice(0, 4))
  const thisYear = dayOf(year, month, date)
  if (thisYear !== null && thisYear >= today) return thisYear
  return dayOf(year + 1, month, date)
}

function fromDigits(text: string, today: string): string | null {
  const pair = (at: number): number => Number(text.slice(at, at + 2))
  if (text.length === 4) return nextOf(pair(2), pair(0), today)
  if (text.length === 6 || text.length === 8) return dayOf(fullYear(text.slice(4)), pair(2), pair(0))
  if (text.length > 2) return null
  const month = Number(today.slice(5, 7))
  const soon = dayOf(Number(today.slice(0, 4)), month, Number(text))
  return soon !== null && soon >= today ? soon : nextOf((month % 12) + 1, Number(text), today)
}

/**
 * What an agent types for a day: `1212`, `12.12`, `121226`, `12.12.2026`, `2026-12-12`, `12` (this or next month), `+1`,
 * `0`, `fr` (the next Friday, today included). Returns YYYY-MM-DD, or null when it cannot be a day.
 */
export function parseDay(typed: string, today: string, language: string): string | null {
  const text = typed.trim().toLowerCase()
  if (text === '0' || text === '+0') return today
  const plus = /^\+(\d{1,3})$/.exec(text)
  if (plus) return addDays(today, Number(plus[1]))
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text)
  if (iso) return dayOf(Number(iso[1]), Number(iso[2]), Number(iso[3]))
  const shown = /^[^\d\s]{2,4}\s+(\d.*)$/.exec(text)
  if (shown) return parseDay(shown[1] ?? '', today, language)
  const parted = /^(\d{1,2})[./ ](\d{1,2})(?:[./ ](\d{4}|\d{2})?)?$/.exec(text)
  if (parted) {
    const [, date, month, year] = parted
    return year === undefined
      ? nextOf(Number(month), Number(date), today)
      : dayOf(fullYear(year), Number(month), Number(date))
  }
  if (/^\d+$/.test(text)) return fromDigits(text, today)
  const wanted = weekdayOf(text, language)
  return wanted === null ? null : addDays(today, (wanted - weekday(today) + 7) % 7)
}

/** What an agent types for a time: `8`, `08`, `802`, `0802`, `8:02`, `8.02`, `8h02`. Returns HH:MM or null. */
export function parseTime(typed: string): string | null {
  const text = typed.trim().toLowerCase()
  const parted = /^(\d{1,2})[:.h ](\d{2})?$/.exec(text)
  const digits = /^\d{1,4}$/.test(text)
    ? [text.length > 2 ? text.slice(0, -2) : text, text.length > 2 ? text.slice(-2) : '00']
    : null
  const [hour, minute = '00'] = parted?.slice(1) ?? digits ?? []
  if (hour === undefined) return null
  if (Number(hour) > 23 || Number(minute) > 59) return null
  return `${hour.padStart(2, '0')}:${minute}`
}

/** A typed date of birth: `14031984`, `140384`, `14.3.84`, `14.3.1984`, `1984-03-14`. A short year is the latest past one. */
export function parseBirthDate(typed: string, today: string): string | null {
  const text = typed.trim()
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text)
  if (iso) return past(Number(iso[1]), Number(iso[2]), Number(iso[3]), today)
  const found =
    /^(\d{1,2})[./ -](\d{1,2})[./ -](\d{4}|\d{2})$/.exec(text) ?? /^(\d{2})(\d{2})(\d{4}|\d{2})$/.exec(text)
  if (!found) return null
  const [, date, month, year = ''] = found
  const short = Number(`20${year}`)
  if (year.length === 4) return past(Number(year), Number(month), Number(date), today)
  return past(short > Number(today.slice(0, 4)) ? short - 100 : short, Number(month), Number(date), today)
}

function past(year: number, month: number, date: number, today: string): string | null {
  const day = dayOf(year, month, date)
  return day !== null && day <= today && year > 1900 ? day : null
}
