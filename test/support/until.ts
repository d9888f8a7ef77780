/** Far beyond what a busy machine needs: it is spent only by what never happens. */
export const patienceMs = 60_000

/** Resolves with the first truthy answer of `look`, asked again and again; fails with `what` when time is up. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  { withinMs = patienceMs, everyMs = 20 }: { readonly withinMs?: number; readonly everyMs?: number } = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + withinMs
  let last: unknown
  for (;;) {
    try {
      const answer = await look()
      if (answer) return answer as NonNullable<T>
      last = answer
    } catch (thrown) {
      last = thrown
    }
    if (performance.now() > deadline)
      throw new Error(`waited ${withinMs} ms in vain until ${what}; last: ${String(last)}`)
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}
