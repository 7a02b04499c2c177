import { useQueryClient } from '@tanstack/vue-query'
import { computed, ref, shallowRef, watch, type ComputedRef, type Ref } from 'vue'
import { orderKeys, useOrder, useOrderChanges } from '@/api/orders'
import { toProblem, type ApiProblem } from '@/api/problem'
import type { Order, OrderChange, Traveller, TravellerIn } from '@/api/types'
import { newKey } from '@/lib/intents'
import { remember, useStored } from '@/lib/storage'

/** What the browser keeps of the customer at the counter; every tab sees the same. The order itself lives on the server. */
interface Draft {
  /** Made by the browser when the draft starts: the same key is always the same order. */
  key: string
  number: string | null
  /** Offer of a search ("search:offer") to the item that it became. */
  picks: Record<string, number>
  /** What was typed and is not saved yet. */
  travellers: Record<string, TravellerIn>
  fields: Partial<Record<'customer_reference' | 'cost_centre', string>>
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

function readDraft(stored: unknown): Draft {
  const fresh: Draft = { key: newKey(), number: null, picks: {}, travellers: {}, fields: {} }
  if (!isRecord(stored) || typeof stored['key'] !== 'string') return fresh
  return { ...fresh, ...(stored as Partial<Draft>) }
}

const nameOf = (owner: string): string => `draft:${owner}`

export interface DraftState {
  readonly number: ComputedRef<string | null>
  readonly order: ComputedRef<Order | null>
  readonly travellers: ComputedRef<Traveller[]>
  readonly picked: (search: string) => ReadonlySet<number>
  readonly picking: Ref<number | null>
  readonly problem: Ref<ApiProblem | null>
  readonly pick: (search: string, offer: number) => Promise<void>
  readonly remove: (position: number) => Promise<void>
  readonly editTraveller: (ref: string, fields: Partial<TravellerIn>) => void
  readonly field: (name: 'customer_reference' | 'cost_centre') => string
  readonly editField: (name: 'customer_reference' | 'cost_centre', value: string) => void
  readonly save: () => Promise<Order | null>
  readonly next: () => void
}

/** The draft of the person at this counter: `owner` keeps two people on one computer apart. */
export function useDraft(owner: string): DraftState {
  const draft = useStored(nameOf(owner), readDraft)
  // Written at once: a second tab that opens before the first pick starts from the same key.
  draft.value = { ...draft.value }
  const client = useQueryClient()
  const changes = useOrderChanges()
  const number = computed(() => draft.value.number)
  const { order: live, problem: readProblem } = useOrder(number)
  // While one price takes the place of another, the basket shows neither both nor none.
  const before = shallowRef<Order | null>(null)
  const order = computed(() => before.value ?? live.value)
  const picking = ref<number | null>(null)
  const problem = ref<ApiProblem | null>(null)

  // The order of a draft that this person may no longer see is not this person's draft.
  watch(readProblem, (found) => {
    if (found?.status === 404) next()
  })

  async function ensureOrder(): Promise<string> {
    if (draft.value.number !== null) return draft.value.number
    const started = await changes.start(draft.value.key)
    draft.value.number = started.number
    return started.number
  }

  async function guarded<T>(act: () => Promise<T>): Promise<T | null> {
    problem.value = null
    try {
      return await act()
    } catch (error) {
      problem.value = toProblem(error)
      return null
    }
  }

  const positionOf = (search: string, offer: number): number | undefined => {
    const position = draft.value.picks[`${search}:${String(offer)}`]
    return order.value?.items.some((item) => item.position === position) ? position : undefined
  }

  // Of one list of connections the customer takes one: another price replaces the first.
  function replaced(search: string): number[] {
    const open = new Set(
      order.value?.items.filter((item) => item.sale?.state !== 'issued').map((item) => item.position),
    )
    return Object.entries(draft.value.picks)
      .filter(([pick, position]) => pick.startsWith(`${search}:`) && open.has(position))
      .map(([, position]) => position)
  }

  async function add(search: string, offer: number): Promise<void> {
    const mine = await ensureOrder()
    const old = replaced(search)
    if (old.length > 0) before.value = live.value
    const changed = await changes.add(mine, search, offer)
    const position = Math.max(...changed.items.map((item) => item.position))
    draft.value.picks[`${search}:${String(offer)}`] = position
    for (const each of old) if (each !== position) await changes.remove(mine, each)
  }

  async function pick(search: string, offer: number): Promise<void> {
    if (picking.value !== null) return
    if (order.value && order.value.state !== 'draft') next()
    picking.value = offer
    const position = positionOf(search, offer)
    await guarded(() => (position === undefined ? add(search, offer) : drop(position)))
    before.value = null
    picking.value = null
  }

  async function drop(position: number): Promise<void> {
    if (draft.value.number !== null) await changes.remove(draft.value.number, position)
  }

  const travellers = computed(() =>
    (order.value?.travellers ?? []).map((traveller) => ({
      ...traveller,
      ...(traveller.locked ? {} : draft.value.travellers[traveller.ref]),
    })),
  )

  function pending(): OrderChange | null {
    const known = new Set(order.value?.travellers.filter(({ locked }) => !locked).map(({ ref: name }) => name))
    const edited = Object.values(draft.value.travellers).filter((edit) => known.has(edit.ref))
    const body: OrderChange = { ...draft.value.fields, ...(edited.length > 0 ? { travellers: edited } : {}) }
    return Object.keys(body).length === 0 ? null : body
  }

  let saving: Promise<Order | null> = Promise.resolve(null)
  /** One after the other: of two on the way at once the older could arrive last, and its text would stay. */
  function save(): Promise<Order | null> {
    saving = saving.then(send)
    return saving
  }

  /** Sends what was typed. What is typed meanwhile stays and is sent the next time. */
  async function send(): Promise<Order | null> {
    const body = pending()
    const mine = draft.value.number
    if (body === null || mine === null) return order.value
    const sent = JSON.stringify(draft.value.travellers)
    const sentFields = JSON.stringify(draft.value.fields)
    const changed = await guarded(() => changes.edit(mine, body))
    if (changed && JSON.stringify(draft.value.travellers) === sent) draft.value.travellers = {}
    if (changed && JSON.stringify(draft.value.fields) === sentFields) draft.value.fields = {}
    return changed
  }

  let timer: ReturnType<typeof setTimeout> | undefined
  function saveSoon(): void {
    clearTimeout(timer)
    timer = setTimeout(() => void save(), 700)
  }

  function next(): void {
    clearTimeout(timer)
    const old = draft.value.number
    problem.value = null
    draft.value = readDraft(null)
    if (old !== null) client.removeQueries({ queryKey: orderKeys.detail(old) })
  }

  return {
    number,
    order,
    travellers,
    picking,
    problem,
    pick,
    next,
    save,
    picked: (search) =>
      new Set(
        Object.keys(draft.value.picks)
          .filter((name) => name.startsWith(`${search}:`))
          .map((name) => Number(name.slice(search.length + 1)))
          .filter((offer) => positionOf(search, offer) !== undefined),
      ),
    remove: async (position) => {
      await guarded(() => drop(position))
    },
    editTraveller: (name, fields) => {
      const known = travellers.value.find((traveller) => traveller.ref === name)
      if (!known) return
      const { first_name, last_name, birth_date, email, phone } = known
      draft.value.travellers[name] = { ref: name, first_name, last_name, birth_date, email, phone, ...fields }
      saveSoon()
    },
    field: (name) => draft.value.fields[name] ?? order.value?.[name] ?? '',
    editField: (name, value) => {
      draft.value.fields[name] = value
      saveSoon()
    },
  }
}

/** Takes a draft from the order list to the counter of this person. */
export function adoptDraft(owner: string, order: Order): void {
  const draft: Draft = { key: order.key, number: order.number, picks: {}, travellers: {}, fields: {} }
  remember(nameOf(owner), draft)
}
