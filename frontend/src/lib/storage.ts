import { getCurrentScope, onScopeDispose, ref, watch, type Ref } from 'vue'

/** What the browser keeps under a name, or null: storage may be full, switched off or hold what an older release wrote. */
export function recall(name: string): unknown {
  try {
    const text = localStorage.getItem(name)
    return text === null ? null : (JSON.parse(text) as unknown)
  } catch {
    return null
  }
}

/** Keeps a value under a name; null forgets it. A browser that refuses loses the memory, not the sale. */
export function remember(name: string, value: unknown): void {
  try {
    if (value === null || value === undefined) localStorage.removeItem(name)
    else localStorage.setItem(name, JSON.stringify(value))
  } catch {
    // Nothing to do: the page works on without a memory.
  }
}

/**
 * A value that survives a reload and that other tabs see at once.
 *
 * `read` turns whatever was stored into a usable value: it must accept null and nonsense.
 */
export function useStored<T>(name: string, read: (stored: unknown) => T): Ref<T> {
  const value = ref(read(recall(name))) as Ref<T>
  let fromOutside = false
  watch(
    value,
    (now) => {
      if (!fromOutside) remember(name, now)
    },
    { deep: true, flush: 'sync' },
  )
  const follow = (event: StorageEvent): void => {
    if (event.key !== name) return
    fromOutside = true
    value.value = read(recall(name))
    fromOutside = false
  }
  globalThis.addEventListener('storage', follow)
  if (getCurrentScope()) {
    onScopeDispose(() => {
      globalThis.removeEventListener('storage', follow)
    })
  }
  return value
}
