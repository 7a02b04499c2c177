import { onScopeDispose, ref, watch, type Ref } from 'vue'

/** Whether a part of the element can be seen at the moment. */
export function useInView(element: Readonly<Ref<HTMLElement | null>>): Ref<boolean> {
  const inView = ref(false)
  const observer = new IntersectionObserver(
    (entries) => {
      inView.value = entries.at(-1)?.isIntersecting ?? false
    },
    // The bars at the top and the bottom cover what is beneath them.
    { rootMargin: '-10% 0px -20% 0px' },
  )
  watch(element, (now, before) => {
    if (before) observer.unobserve(before)
    if (now) observer.observe(now)
  })
  onScopeDispose(() => {
    observer.disconnect()
  })
  return inView
}
