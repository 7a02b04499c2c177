import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type ComputedRef, type Ref } from 'vue'
import { intentKey, settleIntent } from '@/lib/intents'
import { send } from './client'
import { isSettled, toProblem, type ApiProblem } from './problem'
import { isUnsettled, pollAfter } from './settling'
import type { Money, Order, OrderChange, OrderPage } from './types'

export const orderKeys = {
  all: ['orders'] as const,
  list: (filter: OrderFilter) => ['orders', 'list', filter] as const,
  detail: (number: string) => ['orders', 'detail', number] as const,
}

export interface OrderFilter {
  readonly q: string
  readonly state: string
  readonly travelFrom: string
  readonly travelTo: string
}

export async function listOrders(filter: OrderFilter, cursor: string): Promise<OrderPage> {
  const { data } = await send<OrderPage>('GET', '/orders', {
    query: {
      q: filter.q,
      state: filter.state,
      travel_from: filter.travelFrom,
      travel_to: filter.travelTo,
      cursor,
    },
  })
  return data
}

const at = (number: string): string => `/orders/${encodeURIComponent(number)}`

export const documentUrl = (number: string, document: number): string =>
  `/api/v1${at(number)}/documents/${String(document)}`

/** An order that is asked for again by itself as long as anything of it is being clarified. */
export function useOrder(number: Ref<string | null>): {
  order: ComputedRef<Order | null>
  problem: ComputedRef<ApiProblem | null>
  refresh: () => Promise<unknown>
} {
  const query = useQuery({
    queryKey: computed(() => orderKeys.detail(number.value ?? '')),
    queryFn: async () => {
      const { data } = await send<Order>('GET', at(number.value ?? ''))
      settleOrder(data)
      return data
    },
    enabled: computed(() => number.value !== null && number.value !== ''),
    refetchInterval: ({ state }) => (state.data ? pollAfter(state.data, Date.now()) : false),
    refetchIntervalInBackground: true,
    refetchOnWindowFocus: true,
    staleTime: 0,
  })
  return {
    order: computed(() => query.data.value ?? null),
    problem: computed(() => (query.error.value ? toProblem(query.error.value) : null)),
    refresh: () => query.refetch(),
  }
}

/** Everything that changes an order. Each answer becomes the order that the page shows. */
export function useOrderChanges() {
  const client = useQueryClient()

  function take(order: Order): Order {
    client.setQueryData(orderKeys.detail(order.number), order)
    void client.invalidateQueries({ queryKey: ['orders', 'list'] })
    if (order.in_doubt) void client.invalidateQueries({ queryKey: ['clarifications'] })
    return order
  }

  async function change(method: string, path: string, body?: unknown): Promise<Order> {
    return take((await send<Order>(method, path, body === undefined ? {} : { body })).data)
  }

  /** A request that changes money, under the key of its intent: kept until the outcome is known. */
  async function once(intent: string, path: string, body: unknown): Promise<Order> {
    try {
      const { data, status } = await send<Order>('POST', path, { body, key: intentKey(intent) })
      if (status !== 202) settleIntent(intent)
      return take(data)
    } catch (error) {
      if (isSettled(toProblem(error))) settleIntent(intent)
      throw error
    }
  }

  return {
    start: async (key: string): Promise<Order> =>
      take((await send<Order>('POST', '/orders', { body: {}, key })).data),
    edit: (number: string, body: OrderChange) => change('PATCH', at(number), body),
    add: (number: string, search: string, offer: number) =>
      once(`item:${number}:${search}:${String(offer)}`, `${at(number)}/items`, { search, offer }),
    remove: (number: string, position: number) =>
      change('DELETE', `${at(number)}/items/${String(position)}`),
    hold: (number: string) => once(`hold:${number}`, `${at(number)}/hold`, {}),
    sell: (number: string, total: Money) => once(`sale:${number}`, `${at(number)}/sale`, { total }),
    quote: (number: string, tickets: readonly number[], reason: string | null) =>
      once(`quote:${number}:${tickets.join('.')}`, `${at(number)}/refunds`, { tickets, reason }),
    accept: (number: string, refund: number, amount: Money) =>
      once(`accept:${number}:${String(refund)}`, `${at(number)}/refunds/${String(refund)}/acceptance`, {
        amount,
      }),
    drop: (number: string, refund: number) =>
      change('DELETE', `${at(number)}/refunds/${String(refund)}`),
  }
}

/** Forgets the keys of intents whose outcome has meanwhile come to light. */
function settleOrder(order: Order): void {
  if (isUnsettled(order)) return
  settleIntent(`hold:${order.number}`)
  settleIntent(`sale:${order.number}`)
  for (const refund of order.refunds) {
    settleIntent(`accept:${order.number}:${String(refund.id)}`)
    settleIntent(`quote:${order.number}:${refund.tickets.join('.')}`)
  }
}
