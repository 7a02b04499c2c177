import { describe, expect, it } from 'vitest'
import {
  addDays,
  ageOn,
  clock,
  fieldDay,
  formatDay,
  formatDuration,
  formatRemaining,
  formatTravel,
  isoDay,
  numericDay,
  weekday,
} from './dates'

describe('dates (this suite runs in the time zone of New York)', () => {
  it('shows Swiss time whatever the zone of the browser', () => {
    expect(clock('2026-12-12T08:02:00+01:00')).toBe('08:02')
    expect(clock('2026-07-01T22:30:00Z')).toBe('00:30')
    expect(isoDay(new Date('2026-12-11T23:30:00Z'))).toBe('2026-12-12')
  })
  it('counts days over the change of the clocks and the end of a year', () => {
    expect(addDays('2026-10-24', 2)).toBe('2026-10-26')
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
    expect(addDays('2028-03-01', -1)).toBe('2028-02-29')
  })
  it('counts full years', () => {
    expect(ageOn('1984-03-14', '2026-03-13')).toBe(41)
    expect(ageOn('1984-03-14', '2026-03-14')).toBe(42)
  })
  it('leaves out the time of what begins with its day', () => {
    expect(formatTravel('2027-01-02T00:00:00+01:00', 'en')).toBe('Sat 2 Jan 2027')
    expect(formatTravel('2027-01-02T08:02:00+01:00', 'en')).toBe('Sat 2 Jan 2027 08:02')
  })
  it('knows the weekday', () => {
    expect(weekday('2026-12-12')).toBe(6)
  })
  it('names the year only when it is another one', () => {
    expect(formatDay('2026-12-12', 'en', '2026-11-21')).toBe('Sat 12 Dec')
    expect(formatDay('2027-01-02', 'en', '2026-11-21')).toBe('Sat 2 Jan 2027')
    expect(numericDay('2026-12-02')).toBe('02.12.2026')
    expect(fieldDay('2026-12-12', 'de')).toBe('Sa 12.12.26')
  })
  it('writes durations and remaining time', () => {
    expect(formatDuration(56)).toBe('56 min')
    expect(formatDuration(125)).toBe('2 h 05')
    expect(formatRemaining(892)).toBe('14:52')
    expect(formatRemaining(-3)).toBe('0:00')
  })
})
