import { useQueryClient } from '@tanstack/vue-query'
import { ref, watch, type Ref } from 'vue'
import { orderKeys, useOrderChanges } from '@/api/orders'
import { changedPrice, toProblem, type ApiProblem } from '@/api/problem'
import { isUnsettled } from '@/api/settling'
import type { Money, Order } from '@/api/types'
import { sameMoney } from '@/lib/money'
import { serverNow } from '@/lib/now'
import type { DraftState } from './draft'
import { gapsOf, isSellable, needsHold, travelling, type Gap } from './model'

/** How long a click waits for a hold that is being asked for: after that the customer is asked again. */
const PATIENCE = 20_000
const LOOK = 500

export interface Selling {
  readonly busy: Ref<'' | 'sell' | 'hold'>
  readonly problem: Ref<ApiProblem | null>
  readonly gap: Ref<Gap | null>
  /** The amount that was shown and the one that is held, when they differ: the agent accepts or not. */
  readonly change: Ref<{ shown: Money; held: Money } | null>
  /** The hold came back with items that it had no time for, or that turned out not to be held. */
  readonly unfinished: Ref<boolean>
  readonly sell: () => Promise<void>
  readonly accept: () => Promise<void>
  readonly hold: () => Promise<void>
}

const sleep = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time))

/** Holding and selling the draft: hold what is not held, then sell exactly the amount that was shown. */
export function useSelling(draft: DraftState): Selling {
  const client = useQueryClient()
  const changes = useOrderChanges()
  const busy = ref<'' | 'sell' | 'hold'>('')
  const problem = ref<ApiProblem | null>(null)
  const gap = ref<Gap | null>(null)
  const change = ref<{ shown: Money; held: Money } | null>(null)
  const unfinished = ref(false)

  /** The order once nothing of it is being asked any more; null when that takes too long. The page polls it anyway. */
  async function settled(number: string): Promise<Order | null> {
    const end = Date.now() + PATIENCE
    while (Date.now() < end) {
      await sleep(LOOK)
      const order = client.getQueryData<Order>(orderKeys.detail(number))
      if (!order) return null
      if (!isUnsettled(order)) return order
    }
    return null
  }

  async function heldOrder(order: Order): Promise<Order | null> {
    if (!needsHold(order, serverNow())) return order
    const asked = await changes.hold(order.number)
    const held = isUnsettled(asked) ? await settled(asked.number) : asked
    unfinished.value = held !== null && needsHold(held, serverNow())
    return held
  }

  async function ready(): Promise<Order | null> {
    const saved = await draft.save()
    if (!saved || saved.items.length === 0) return null
    const [missing] = gapsOf(saved, travelling(saved))
    gap.value = missing ?? null
    return missing ? null : saved
  }

  async function sellFor(shown: Money): Promise<void> {
    const order = await ready()
    const held = order && (await heldOrder(order))
    if (!held || !isSellable(held, serverNow())) return
    if (sameMoney(held.total, shown)) await changes.sell(held.number, shown)
    else change.value = { shown, held: held.total }
  }

  function forget(): void {
    problem.value = null
    gap.value = null
    change.value = null
    unfinished.value = false
  }
  // The next customer's basket tells nothing of the last one's.
  watch(() => draft.order.value?.number, forget)

  function explain(error: unknown): void {
    const found = toProblem(error)
    change.value = found.code === 'price-changed' ? changedPrice(found) : null
    if (found.code === 'traveller-incomplete') {
      gap.value = { ref: found.fact('traveller'), field: found.fact('field') as Gap['field'] }
    }
    if (!change.value) problem.value = found
  }

  async function run(what: 'sell' | 'hold', act: () => Promise<unknown>): Promise<void> {
    if (busy.value !== '') return
    busy.value = what
    forget()
    try {
      await act()
    } catch (error) {
      explain(error)
    } finally {
      busy.value = ''
    }
  }

  return {
    busy,
    problem,
    gap,
    change,
    unfinished,
    sell: async () => {
      const shown = draft.order.value?.total
      if (shown) await run('sell', () => sellFor(shown))
    },
    accept: async () => {
      const held = change.value?.held
      if (held) await run('sell', () => sellFor(held))
    },
    hold: () =>
      run('hold', async () => {
        const order = await ready()
        if (order) await heldOrder(order)
      }),
  }
}
