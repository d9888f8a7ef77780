import type { Random } from '../../shared/clock.ts'

/**
 * A seeded source of chance, uniform in [0, 1): the same seed tells the same story on every machine.
 * mulberry32 (Tommy Ettinger, public domain): 32 bits of state, good enough for a simulation, unfit for secrets.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** One draw from N(0, 1) (Box–Muller). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** Waiting time of a Poisson process with this mean. */
export function waitingTime(meanMs: number, random: Random): number {
  return -meanMs * Math.log(1 - random())
}

/** A whole number from `low` to `high`, both possible. */
export function between(low: number, high: number, random: Random): number {
  return low + Math.floor(random() * (high - low + 1))
}

/** One element by chance; `undefined` only of an empty list. */
export function pick<T>(list: readonly T[], random: Random): T | undefined {
  return list[Math.floor(random() * list.length)]
}
