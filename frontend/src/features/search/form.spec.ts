import { describe, expect, it } from 'vitest'
import { cardsFor, emptyForm, formErrors, queryOf, readForm, summaryOf, withTraveller } from './form'

const NOW = new Date('2026-11-21T09:15:00+01:00')
const BERN = { id: '8507000', name: 'Bern', code: 'BN' }
const ZURICH = { id: '8503000', name: 'Zürich HB', code: 'ZUE' }

describe('the search form', () => {
  it('starts now, with one adult in second class', () => {
    const form = emptyForm(NOW)
    expect([form.day, form.time, form.travelClass]).toEqual(['2026-11-21', '09:15', 'second'])
    expect(form.travellers).toEqual([
      { ref: 't1', kind: 'person', age: 35, birth_date: null, cards: [] },
    ])
  })
  it('asks for stations before it asks the server', () => {
    const form = emptyForm(NOW)
    expect(formErrors(form)).toEqual(['origin', 'destination'])
    expect(queryOf(form, 'de')).toBeNull()
    expect(formErrors({ ...form, origin: BERN, destination: BERN })).toEqual(['same-place'])
  })
  it('does not come back before it leaves', () => {
    const form = { ...emptyForm(NOW), origin: BERN, destination: ZURICH }
    expect(formErrors({ ...form, back: { day: '2026-11-20', time: '10:00' } })).toEqual(['back'])
    expect(formErrors({ ...form, back: { day: '2026-11-21', time: '17:00' } })).toEqual([])
  })
  it('becomes a question for both classes', () => {
    const form = { ...emptyForm(NOW), origin: BERN, destination: ZURICH, via: [null] }
    expect(queryOf(form, 'fr')).toEqual({
      origin: '8507000',
      destination: '8503000',
      via: [],
      when: '2026-11-21T09:15',
      arrive_by: false,
      page: 'at',
      return_when: null,
      travellers: form.travellers,
      travel_class: null,
      language: 'fr',
    })
  })
  it('survives a reload and moves a past day to today', () => {
    const form = { ...emptyForm(NOW), origin: BERN, day: '2026-12-12', time: '08:02' }
    expect(readForm(JSON.parse(JSON.stringify(form)), NOW)).toEqual(form)
    expect(readForm({ ...form, day: '2026-11-01' }, NOW).day).toBe('2026-11-21')
    expect(readForm('nonsense', NOW)).toEqual(emptyForm(NOW))
  })
})

describe('the travellers', () => {
  it('are nine persons at most, dogs and bicycles not counted', () => {
    let all = withTraveller([], 'adult')
    for (let count = 0; count < 12; count += 1) all = withTraveller(all, 'child')
    expect(all).toHaveLength(9)
    expect(withTraveller(all, 'dog')).toHaveLength(10)
    expect(new Set(all.map((traveller) => traveller.ref)).size).toBe(9)
  })
  it('are summed up by kind, with their cards once', () => {
    const [first] = withTraveller([], 'adult')
    if (!first) throw new Error('no traveller')
    const two = [
      { ...first, cards: ['half-fare' as const] },
      { ...first, ref: 't2', cards: ['half-fare' as const] },
    ]
    expect(summaryOf(withTraveller(two, 'dog'))).toEqual({
      adults: 2,
      children: 0,
      dogs: 1,
      bicycles: 0,
      cards: ['half-fare'],
    })
  })
  it('can have the cards of their age', () => {
    const [adult, child] = withTraveller(withTraveller([], 'adult'), 'child')
    expect(adult && cardsFor(adult)).toContain('ga-2nd')
    expect(child && cardsFor(child)).toContain('junior')
  })
})
