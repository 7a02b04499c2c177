/** The script that a document starts with: its name carries a hash, so it tells the release. */
const entryOf = (page: Document): string | null =>
  page.querySelector('script[type="module"]')?.getAttribute('src') ?? null

/**
 * Loads the page anew at `path` when the server has another release than the one that is open here: then a part that
 * this one asks for may be gone. Otherwise nothing would change by it, so nothing is done, and nothing is repeated
 * without end. What was typed stays: drafts are kept by the server and the browser.
 */
export async function loadAnew(
  path: string,
  go: (path: string) => void = (there) => {
    globalThis.location.assign(there)
  },
): Promise<void> {
  const answer = await fetch(path, { headers: { Accept: 'text/html' } }).catch(() => null)
  if (!answer?.ok) return
  const newest = new DOMParser().parseFromString(await answer.text(), 'text/html')
  if (entryOf(newest) !== entryOf(document)) go(path)
}
