/** The shapes of the API in the page's own short names. */
export type Money = { amount: number; currency: string }
export type Permission = 'sell' | 'refund' | 'finance' | 'admin'
export type Role = 'agent' | 'customer-care' | 'operator'
export type Party = { code: string; name: string }
export type Session = {
  user: { id: number; name: string; username: string; email: string }
  role: Role
  agency: Party | null
  branch: Party | null
  permissions: Permission[]
  csrf_token: string
  auth_mode: string
  environment: string | null
  expires_at: string
}
export type Place = { id: string; name: string; code: string | null }
export type Card = 'half-fare' | 'ga-1st' | 'ga-2nd' | 'junior' | 'child-co-travel'
export type TravellerKind = 'person' | 'dog' | 'bicycle'
export type TravellerSpec = {
  ref: string
  kind: TravellerKind
  age: number | null
  birth_date: string | null
  cards: Card[]
}
export type TravelClass = 'first' | 'second'
export type TripSearchIn = {
  origin: string
  destination: string
  via?: string[]
  when: string
  arrive_by?: boolean
  page?: 'at' | 'earlier' | 'later'
  return_when?: string | null
  travellers: TravellerSpec[]
  travel_class?: TravelClass | null
  language?: 'de' | 'fr' | 'it' | 'en'
}
export type Stop = { name: string; arrival: string | null; departure: string | null; platform: string }
export type Leg = {
  line: string
  category: string
  number: string
  operator: string
  direction: string
  origin: Stop
  destination: Stop
  stops: Stop[]
}
export type Trip = {
  number: number
  origin: string
  destination: string
  departure: string
  arrival: string
  duration: number
  changes: number
  legs: Leg[]
}
export type FeeStep = {
  valid_from: string | null
  valid_until: string | null
  fee: Money | null
  proof: boolean
}
export type OfferKind = 'regular' | 'supersaver' | 'pass' | 'excursion'
export type Flexibility = 'full' | 'semi' | 'none'
export type Offer = {
  number: number
  kind: OfferKind
  title: string
  product: string
  travel_class: TravelClass
  flexibility: Flexibility
  train_bound: boolean
  price: Money
  trip: number | null
  return_trip: number | null
  bookable_until: string
  valid_from: string
  valid_until: string | null
  conditions: string[]
  fee_steps: FeeStep[]
  remaining: number | null
  required: string[]
  commission: Money
}
export type Search = {
  id: string
  kind: 'trip' | 'touristic'
  expires_at: string
  query: {
    origin: Place | null
    destination: Place | null
    via: Place[]
    when: string | null
    arrive_by: boolean
    return_when: string | null
    day: string | null
    travellers: TravellerSpec[]
    travel_class: TravelClass | null
  }
  trips: Trip[]
  offers: Offer[]
  sold_out: { trip: number; travel_class: TravelClass }[]
  notices: string[]
}
export type Traveller = TravellerSpec & {
  first_name: string
  last_name: string
  email: string
  phone: string
  locked: boolean
}
export type TravellerIn = {
  ref: string
  first_name: string
  last_name: string
  birth_date: string | null
  email?: string
  phone?: string
}
export type Problem = { code: string; facts: Record<string, unknown> }
export type Ticket = {
  id: number
  traveller: string
  traveller_name: string
  kind: TravellerKind
  price: Money
  state: 'valid' | 'refunding' | 'refunded'
  together: number[]
}
export type Document = {
  id: number
  name: string
  media_type: string
  size: number
  travellers: string[]
  current: boolean
}
export type SaleState =
  | 'holding'
  | 'held'
  | 'issuing'
  | 'issued'
  | 'releasing'
  | 'released'
  | 'refused'
  | 'lapsed'
  | 'cleaning'
  | 'failed'
export type Sale = {
  id: number
  reference: string
  attempt: number
  state: SaleState
  booking_code: string
  hold_until: string | null
  price: Money | null
  price_changed: boolean
  problem: Problem | null
  in_doubt_since: string | null
  last_look_at: string | null
  next_look_at: string | null
  flagged: boolean
  documents_complete: boolean
  tickets: Ticket[]
  documents: Document[]
}
export type Item = {
  position: number
  kind: OfferKind
  title: string
  product: string
  travel_class: TravelClass
  flexibility: Flexibility
  train_bound: boolean
  price: Money
  commission: Money
  trip: Trip | null
  return_trip: Trip | null
  valid_from: string
  valid_until: string | null
  conditions: string[]
  fee_steps: FeeStep[]
  required: string[]
  travellers: string[]
  offer_expires_at: string
  sale: Sale | null
}
export type RefundState =
  | 'quoting'
  | 'quoted'
  | 'accepting'
  | 'refunded'
  | 'dropping'
  | 'dropped'
  | 'declined'
  | 'lapsed'
export type RefundReason =
  | 'sales-staff-error'
  | 'technical-failure'
  | 'connection-broken'
  | 'strike'
  | 'not-used'
export type Refund = {
  id: number
  key: string
  sale: number
  tickets: number[]
  state: RefundState
  fee: Money | null
  amount: Money | null
  confirmed_amount: Money | null
  valid_until: string | null
  reason: RefundReason | null
  problem: Problem | null
  in_doubt_since: string | null
  last_look_at: string | null
  next_look_at: string | null
  blocked_until: string | null
  created_at: string
  agent: string
}
export type OrderEvent = {
  at: string
  who: string | null
  subject: 'order' | 'sale' | 'refund'
  reference: string
  from_state: string
  to_state: string
  facts: Record<string, unknown>
}
export type Entry = {
  at: string
  account: 'agency' | 'carrier' | 'commission' | 'operator-fee'
  kind: 'sale' | 'refund'
  ticket: number
  amount: Money
}
export type OrderState = 'draft' | 'selling' | 'sold'
export type Order = {
  number: string
  key: string
  state: OrderState
  in_doubt: boolean
  customer_reference: string
  cost_centre: string
  agency: Party
  branch: Party | null
  agent: string
  created_at: string
  sold_at: string | null
  total: Money
  refunded: Money
  commission: Money
  fee: Money
  travellers: Traveller[]
  items: Item[]
  refunds: Refund[]
  events: OrderEvent[]
  entries: Entry[]
}
export type OrderRow = {
  number: string
  state: OrderState
  in_doubt: boolean
  flagged: boolean
  travellers: string[]
  traveller_count: number
  route: string
  travel_at: string | null
  created_at: string
  sold_at: string | null
  agent: string
  customer_reference: string
  total: Money
  refunded: Money
}
export type OrderPage = { results: OrderRow[]; next: string | null }
export type Clarifications = {
  count: number
  rows: { number: string; subject: 'sale' | 'refund'; state: string; since: string; flagged: boolean }[]
}
export type OrderChange = {
  customer_reference?: string
  cost_centre?: string
  travellers?: TravellerIn[]
}
