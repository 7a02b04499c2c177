import { onScopeDispose, ref, type Ref } from 'vue'

/** Whether the computer has a connection at all; the browser tells. */
export function useOnline(): Ref<boolean> {
  const online = ref(navigator.onLine)
  const update = (): void => {
    online.value = navigator.onLine
  }
  globalThis.addEventListener('online', update)
  globalThis.addEventListener('offline', update)
  onScopeDispose(() => {
    globalThis.removeEventListener('online', update)
    globalThis.removeEventListener('offline', update)
  })
  return online
}
