import { describe, expect, it } from 'vitest'
import { parseBirthDate, parseDay, parseTime } from './typed'

const TODAY = '2026-11-21' // a Saturday

describe('a typed day', () => {
  it.each([
    ['1212', '2026-12-12'],
    ['12.12', '2026-12-12'],
    ['12.12.', '2026-12-12'],
    ['121226', '2026-12-12'],
    ['12.12.2026', '2026-12-12'],
    ['2026-12-12', '2026-12-12'],
    ['+1', '2026-11-22'],
    ['+10', '2026-12-01'],
    ['0', '2026-11-21'],
    ['fr', '2026-11-27'],
    ['sa', '2026-11-21'],
    ['24', '2026-11-24'],
    ['3', '2026-12-03'],
    ['0101', '2027-01-01'],
    ['2111', '2026-11-21'],
    ['Sa 12.12.26', '2026-12-12'],
  ])('%s is %s', (typed, day) => {
    expect(parseDay(typed, TODAY, 'de')).toBe(day)
  })
  it.each(['3102', '1313', 'x', '', '12.13.2026', '12345'])('%s is no day', (typed) => {
    expect(parseDay(typed, TODAY, 'de')).toBeNull()
  })
  it('reads weekdays in the language of the page', () => {
    expect(parseDay('di', TODAY, 'de')).toBe('2026-11-24')
    expect(parseDay('di', TODAY, 'fr')).toBe('2026-11-22')
    expect(parseDay('do', TODAY, 'de')).toBe('2026-11-26')
    expect(parseDay('do', TODAY, 'it')).toBe('2026-11-22')
    expect(parseDay('gio', TODAY, 'it')).toBe('2026-11-26')
    expect(parseDay('thu', TODAY, 'en')).toBe('2026-11-26')
  })
})

describe('a typed time', () => {
  it.each([
    ['0802', '08:02'],
    ['802', '08:02'],
    ['8', '08:00'],
    ['23', '23:00'],
    ['8:02', '08:02'],
    ['8.02', '08:02'],
    ['8h02', '08:02'],
    ['8h', '08:00'],
  ])('%s is %s', (typed, time) => {
    expect(parseTime(typed)).toBe(time)
  })
  it.each(['24', '0860', '12345', 'acht', ''])('%s is no time', (typed) => {
    expect(parseTime(typed)).toBeNull()
  })
})

describe('a typed date of birth', () => {
  it.each([
    ['14031984', '1984-03-14'],
    ['140384', '1984-03-14'],
    ['14.3.84', '1984-03-14'],
    ['14.3.1984', '1984-03-14'],
    ['1984-03-14', '1984-03-14'],
    ['01.02.26', '2026-02-01'],
    ['01.02.27', '1927-02-01'],
  ])('%s is %s', (typed, day) => {
    expect(parseBirthDate(typed, TODAY)).toBe(day)
  })
  it.each(['31.2.1984', '14.3', '1.1.2030', 'x', '1.1.1850'])('%s is none', (typed) => {
    expect(parseBirthDate(typed, TODAY)).toBeNull()
  })
})
