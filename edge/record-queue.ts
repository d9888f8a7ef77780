import type { SpoolRecord } from './spool/spool.ts'

/**
 * Between cleaning and the spool. Nothing is dropped: beyond `capacity` those who bring wait (`room`), so a full spool
 * holds the devices back. One delivery or one flush may overshoot the bound by what it holds.
 */
export interface RecordQueue {
  readonly length: number
  readonly capacity: number
  push(record: SpoolRecord): void
  /** Resolves while there is room, or when `signal` aborts. */
  room(signal: AbortSignal): Promise<void>
  /** Resolves when at least `count` records wait, or any that somebody wants stored now, or when `signal` aborts. */
  holds(count: number, signal: AbortSignal): Promise<void>
  /** The oldest records, at most `count`. They are the taker's now. */
  take(count: number): SpoolRecord[]
  /** The taker has stored the `count` oldest of what it took. */
  settle(count: number): void
  /** Resolves once everything pushed so far is stored; never, if the line breaks before. */
  settled(): Promise<void>
}

export function recordQueue(capacity = 10_000): RecordQueue {
  let records: SpoolRecord[] = []
  /** Woken on every change; each checks its own condition again. */
  let waiting: (() => void)[] = []

  let pushed = 0
  let stored = 0
  /** In the order of what they wait for. */
  const unsettled: { readonly target: number; resolve(): void }[] = []

  function wake(): void {
    if (waiting.length === 0) return
    const woken = waiting
    waiting = []
    for (const resolve of woken) resolve()
  }

  async function until(condition: () => boolean, signal: AbortSignal): Promise<void> {
    if (condition() || signal.aborted) return
    signal.addEventListener('abort', wake)
    while (!condition() && !signal.aborted) await new Promise<void>((resolve) => waiting.push(resolve))
    signal.removeEventListener('abort', wake)
  }

  return {
    capacity,
    get length() {
      return records.length
    },
    push(record) {
      records.push(record)
      pushed += 1
      wake()
    },
    room: (signal) => until(() => records.length < capacity, signal),
    holds: (count, signal) =>
      until(() => records.length >= count || (records.length > 0 && unsettled.length > 0), signal),
    take(count) {
      const taken = records.slice(0, count)
      records = records.slice(count)
      wake()
      return taken
    },
    settle(count) {
      stored += count
      const first = unsettled.findIndex(({ target }) => target > stored)
      for (const { resolve } of unsettled.splice(0, first === -1 ? unsettled.length : first)) resolve()
    },
    settled() {
      if (stored >= pushed) return Promise.resolve()
      const target = pushed
      return new Promise((resolve) => {
        unsettled.push({ target, resolve })
        wake()
      })
    },
  }
}
