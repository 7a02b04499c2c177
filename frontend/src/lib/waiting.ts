import { onScopeDispose, ref, watch, type Ref } from 'vue'

/** How long something has been awaited: not at all, long enough for a skeleton, long enough to say whom we wait for. */
export type Waiting = 'no' | 'brief' | 'noticeable' | 'slow'

export function useWaiting(pending: Ref<boolean>): Ref<Waiting> {
  const waiting = ref<Waiting>('no')
  let timers: ReturnType<typeof setTimeout>[] = []
  const after = (delay: number, stage: Waiting): ReturnType<typeof setTimeout> =>
    setTimeout(() => {
      waiting.value = stage
    }, delay)
  const clear = (): void => {
    timers.forEach(clearTimeout)
    timers = []
  }
  watch(
    pending,
    (now) => {
      clear()
      waiting.value = now ? 'brief' : 'no'
      if (now) timers = [after(300, 'noticeable'), after(3000, 'slow')]
    },
    { immediate: true },
  )
  onScopeDispose(clear)
  return waiting
}
