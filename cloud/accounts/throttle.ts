/** Failures of one name from one address that cost nothing: people mistype. */
const freeFailures = 5
const firstWaitMs = 1000
const longestWaitMs = 15 * 60_000
/** Failures are forgotten after this time of quiet. */
const forgottenMs = 60 * 60_000
/** The oldest are forgotten first; a stranger who fills the table forgets nothing but strangers. */
const mostRemembered = 20_000

interface Failures {
  readonly count: number
  readonly atMs: number
}

/**
 * How long a sign-in must wait. Counted by name *and* address, so that nobody can lock another out by failing in their
 * name; and by address alone, eight times as patient, so that one address cannot try many names.
 */
export interface Throttle {
  /** Milliseconds until the next attempt is looked at; 0: now. */
  waitMs(name: string, address: string): number
  failed(name: string, address: string): void
  succeeded(name: string, address: string): void
}

export function openThrottle(monotonicMs: () => number): Throttle {
  const failures = new Map<string, Failures>()

  function keysOf(name: string, address: string): readonly { readonly key: string; readonly patience: number }[] {
    return [
      { key: `${address}\n${name.toLowerCase().slice(0, 64)}`, patience: 1 },
      { key: address, patience: 8 },
    ]
  }

  function leftMs(key: string, patience: number): number {
    const known = failures.get(key)
    if (known === undefined) return 0
    return Math.max(0, known.atMs + pauseMs(known.count, patience) - monotonicMs())
  }

  return {
    waitMs: (name, address) => Math.max(...keysOf(name, address).map(({ key, patience }) => leftMs(key, patience))),
    failed(name, address) {
      for (const { key } of keysOf(name, address)) {
        const known = failures.get(key)
        const isOld = known === undefined || monotonicMs() - known.atMs > forgottenMs
        failures.delete(key)
        failures.set(key, { count: isOld ? 1 : known.count + 1, atMs: monotonicMs() })
      }
      for (const key of failures.keys()) {
        if (failures.size <= mostRemembered) break
        failures.delete(key)
      }
    },
    succeeded(name, address) {
      const [own] = keysOf(name, address)
      if (own !== undefined) failures.delete(own.key)
    },
  }
}

/** After so many failures: nothing, then a second, doubled each time up to a quarter of an hour. */
export function pauseMs(count: number, patience: number): number {
  const beyond = count - freeFailures * patience
  return beyond < 0 ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(beyond, 20))
}
