/** Time is a guest: everything that needs it receives a Clock. */
export interface Clock {
  /** Wall time, Unix milliseconds UTC. It can jump. */
  now(): number
  /** Milliseconds since some fixed moment of this process; never goes back. For durations and waits. */
  monotonicMs(): number
}

/** Chance is a guest too: uniform in [0, 1). */
export type Random = () => number
