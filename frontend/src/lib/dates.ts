/** Times of trains are Swiss times, wherever the browser sits. */
const ZONE = 'Europe/Zurich'

const formats = new Map<string, Intl.DateTimeFormat>()

function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options)
  const known = formats.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat(locale, { timeZone: ZONE, ...options })
  formats.set(key, made)
  return made
}

const region = (language: string): string => (language === 'en' ? 'en-GB' : `${language}-CH`)

function parts(at: Date): Record<string, string> {
  const found = format('en-GB', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at)
  return Object.fromEntries(found.map((part) => [part.type, part.value]))
}

/** "2026-12-12" of a moment, in Switzerland. */
export function isoDay(at: Date): string {
  const { year, month, day } = parts(at)
  return `${year ?? ''}-${month ?? ''}-${day ?? ''}`
}

/** "08:02" of a moment, in Switzerland. */
export function clock(at: Date | string): string {
  const { hour, minute } = parts(new Date(at))
  return `${hour ?? ''}:${minute ?? ''}`
}

/** A day without a time, at noon: no time zone moves it to another day. */
const noon = (day: string): Date => new Date(`${day}T12:00:00Z`)

/** The day that lies `count` days after `day` (both YYYY-MM-DD). */
export function addDays(day: string, count: number): string {
  const at = noon(day)
  at.setUTCDate(at.getUTCDate() + count)
  return at.toISOString().slice(0, 10)
}

/** Full years between a birth date and a day (both YYYY-MM-DD). */
export function ageOn(birth: string, day: string): number {
  const years = Number(day.slice(0, 4)) - Number(birth.slice(0, 4))
  return day.slice(5) < birth.slice(5) ? years - 1 : years
}

/** 0 Sunday to 6 Saturday. */
export const weekday = (day: string): number => noon(day).getUTCDay()

/** "Sat 12 Dec" in the language; with the year when it is not the current one. */
export function formatDay(day: string, language: string, today: string = isoDay(new Date())): string {
  return format(region(language), {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    ...(day.slice(0, 4) === today.slice(0, 4) ? {} : { year: 'numeric' }),
  })
    .format(noon(day))
    .replaceAll(',', '')
}

/** "Sat 12 Dec 08:02" of a moment. */
export const formatMoment = (at: string, language: string): string =>
  `${formatDay(isoDay(new Date(at)), language)} ${clock(at)}`

/** The same, without the time at midnight: a pass begins with its day. */
export function formatTravel(at: string, language: string): string {
  return clock(at) === '00:00' ? formatDay(isoDay(new Date(at)), language) : formatMoment(at, language)
}

/** "12.12.2026": short enough for a field. */
export function numericDay(day: string): string {
  const [year, month, date] = day.split('-')
  return `${date ?? ''}.${month ?? ''}.${year ?? ''}`
}

/** "Sa 12.12.26": what the date field shows when nobody types in it. */
export function fieldDay(day: string, language: string): string {
  const name = format(region(language), { weekday: 'short' }).format(noon(day)).replace('.', '')
  const [year, month, date] = day.split('-')
  return `${name} ${date ?? ''}.${month ?? ''}.${(year ?? '').slice(2)}`
}

/** "56 min", "2 h 05": minutes in a train. */
export function formatDuration(minutes: number): string {
  if (minutes < 60) return `${String(minutes)} min`
  return `${String(Math.floor(minutes / 60))} h ${String(minutes % 60).padStart(2, '0')}`
}

/** "14:52" of seconds that are left; never negative. */
export function formatRemaining(seconds: number): string {
  const left = Math.max(0, Math.floor(seconds))
  return `${String(Math.floor(left / 60))}:${String(left % 60).padStart(2, '0')}`
}
