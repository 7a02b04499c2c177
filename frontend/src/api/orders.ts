import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, watch, type ComputedRef, type Ref } from 'vue'
import { intentKey, settleIntent } from '@/lib/intents'
import { bodyOfSuccess, client } from './client'
import { isSettled, toProblem, type ApiProblem } from './problem'
import { isUnsettled, pollAfter } from './settling'
import type { Money, Order, OrderChange, OrderPage, OrderState, RefundReason } from './types'

export interface OrderFilter {
  readonly q: string
  readonly state: OrderState | 'in-doubt' | ''
}

export const orderKeys = {
  list: (filter: OrderFilter) => ['orders', 'list', filter] as const,
  detail: (number: string) => ['orders', 'detail', number] as const,
}

export async function listOrders({ q, state }: OrderFilter, cursor: string): Promise<OrderPage> {
  const answer = await client.GET('/api/v1/orders', {
    params: {
      query: {
        ...(q === '' ? {} : { q }),
        ...(cursor === '' ? {} : { cursor }),
        ...(state === 'in-doubt' ? { in_doubt: true } : state === '' ? {} : { state }),
      },
    },
  })
  return bodyOfSuccess(answer)
}

export const documentUrl = (number: string, document: number): string =>
  `/api/v1/orders/${encodeURIComponent(number)}/documents/${String(document)}`

const quoteIntent = (tickets: readonly number[]): string => `quote:${tickets.join('.')}`
const acceptIntent = (refund: number): string => `accept:${String(refund)}`

/** Forgets the keys of intents whose outcome has meanwhile come to light. */
function settleOrder(order: Order): void {
  if (isUnsettled(order)) return
  settleIntent(`hold:${order.number}`)
  settleIntent(`sale:${order.number}`)
  for (const refund of order.refunds) {
    settleIntent(`${acceptIntent(refund.id)}:${order.number}`)
    settleIntent(`${quoteIntent(refund.tickets)}:${order.number}`)
  }
}

async function readOrder(number: string): Promise<Order> {
  const order = bodyOfSuccess(
    await client.GET('/api/v1/orders/{number}', { params: { path: { number } } }),
  )
  settleOrder(order)
  return order
}

/** An order that is asked for again by itself as long as anything of it is being clarified. */
export function useOrder(number: Ref<string | null>): {
  order: ComputedRef<Order | null>
  problem: ComputedRef<ApiProblem | null>
} {
  const query = useQuery({
    queryKey: computed(() => orderKeys.detail(number.value ?? '')),
    queryFn: () => readOrder(number.value ?? ''),
    enabled: computed(() => number.value !== null && number.value !== ''),
    refetchInterval: ({ state }) => (state.data ? pollAfter(state.data, Date.now()) : false),
    refetchOnWindowFocus: true,
    staleTime: 0,
  })
  // The header's counter moves with the order that the agent looks at.
  const cache = useQueryClient()
  watch(
    () => query.data.value?.in_doubt,
    () => void cache.invalidateQueries({ queryKey: ['clarifications'] }),
  )
  return {
    order: computed(() => (number.value === null ? null : (query.data.value ?? null))),
    problem: computed(() => (query.error.value ? toProblem(query.error.value) : null)),
  }
}

interface KeyHeader {
  readonly 'Idempotency-Key': string
}

interface Answer {
  readonly data?: Order
  readonly response: Response
}

export interface OrderChanges {
  start: (key: string) => Promise<Order>
  edit: (number: string, body: OrderChange) => Promise<Order>
  add: (number: string, search: string, offer: number) => Promise<Order>
  remove: (number: string, position: number) => Promise<Order>
  hold: (number: string) => Promise<Order>
  sell: (number: string, total: Money) => Promise<Order>
  quote: (number: string, tickets: readonly number[], reason: RefundReason | null) => Promise<Order>
  accept: (number: string, refund: number, amount: Money) => Promise<Order>
  drop: (number: string, refund: number) => Promise<Order>
}

/** Everything that changes an order. Each answer becomes the order that the page shows. */
export function useOrderChanges(): OrderChanges {
  const cache = useQueryClient()

  function take(order: Order): Order {
    // An answer to an older question must not overwrite this one.
    void cache.cancelQueries({ queryKey: orderKeys.detail(order.number) })
    cache.setQueryData(orderKeys.detail(order.number), order)
    void cache.invalidateQueries({ queryKey: ['orders', 'list'] })
    return order
  }

  /** After a refusal the order may stand elsewhere than the page shows: another tab, another person, a lost answer. */
  async function changed(number: string, ask: () => Promise<Answer>): Promise<Order> {
    try {
      return take(bodyOfSuccess(await ask()))
    } catch (error) {
      void cache.invalidateQueries({ queryKey: orderKeys.detail(number) })
      throw error
    }
  }

  /** A request that changes money, under the key of its intent: kept until the outcome is known. */
  function once(number: string, what: string, ask: (header: KeyHeader) => Promise<Answer>): Promise<Order> {
    const intent = `${what}:${number}`
    return changed(number, async () => {
      try {
        const answer = await ask({ 'Idempotency-Key': intentKey(intent) })
        if (answer.response.status !== 202) settleIntent(intent)
        return answer
      } catch (error) {
        if (isSettled(toProblem(error))) settleIntent(intent)
        throw error
      }
    })
  }

  return {
    start: async (key) =>
      take(
        bodyOfSuccess(
          await client.POST('/api/v1/orders', {
            params: { header: { 'Idempotency-Key': key } },
            body: { customer_reference: '', cost_centre: '' },
          }),
        ),
      ),
    edit: (number, body) =>
      changed(number, () =>
        client.PATCH('/api/v1/orders/{number}', { params: { path: { number } }, body }),
      ),
    add: (number, search, offer) =>
      once(number, `item:${search}:${String(offer)}`, (header) =>
        client.POST('/api/v1/orders/{number}/items', {
          params: { path: { number }, header },
          body: { search, offer },
        }),
      ),
    remove: (number, position) =>
      changed(number, () =>
        client.DELETE('/api/v1/orders/{number}/items/{position}', {
          params: { path: { number, position: String(position) } },
        }),
      ),
    hold: (number) =>
      once(number, 'hold', (header) =>
        client.POST('/api/v1/orders/{number}/hold', { params: { path: { number }, header } }),
      ),
    sell: (number, total) =>
      once(number, 'sale', (header) =>
        client.POST('/api/v1/orders/{number}/sale', { params: { path: { number }, header }, body: { total } }),
      ),
    quote: (number, tickets, reason) =>
      once(number, quoteIntent(tickets), (header) =>
        client.POST('/api/v1/orders/{number}/refunds', {
          params: { path: { number }, header },
          body: { tickets: [...tickets], reason },
        }),
      ),
    accept: (number, refund, amount) =>
      once(number, acceptIntent(refund), (header) =>
        client.POST('/api/v1/orders/{number}/refunds/{refund}/acceptance', {
          params: { path: { number, refund: String(refund) }, header },
          body: { amount },
        }),
      ),
    drop: (number, refund) =>
      changed(number, () =>
        client.DELETE('/api/v1/orders/{number}/refunds/{refund}', {
          params: { path: { number, refund: String(refund) } },
        }),
      ),
  }
}
