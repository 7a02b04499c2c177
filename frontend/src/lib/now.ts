import { onScopeDispose, ref, type Ref } from 'vue'

let skew = 0

/** Notes the server's clock (milliseconds since 1970): countdowns follow it, not the clock of the counter's computer. */
export function noteServerTime(server: number): void {
  if (Number.isFinite(server)) skew = server - Date.now()
}

export const serverNow = (): number => Date.now() + skew

/** The server's time in milliseconds, once a second, as long as the component lives. */
export function useNow(): Ref<number> {
  const now = ref(serverNow())
  const timer = setInterval(() => {
    now.value = serverNow()
  }, 1000)
  onScopeDispose(() => {
    clearInterval(timer)
  })
  return now
}

/** Seconds from now until a moment; negative when it has gone by. */
export const secondsUntil = (at: string, now: number): number => (Date.parse(at) - now) / 1000
