/** Far beyond what a busy machine needs: it is spent only by what never happens. */
export const patienceMs = 60_000

/** What is not there within this is asked for less often: a poll must not run into the limit of requests a minute. */
const soonMs = 1_000

/** Resolves with the first truthy answer of `look`, asked again and again; fails with `what` when time is up. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  { withinMs = patienceMs, everyMs }: { readonly withinMs?: number; readonly everyMs?: number } = {},
): Promise<NonNullable<T>> {
  const started = performance.now()
  const deadline = started + withinMs
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
    await new Promise((resolve) => setTimeout(resolve, everyMs ?? (performance.now() < started + soonMs ? 20 : 100)))
  }
}
