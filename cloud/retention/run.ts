import type { Clock } from '../../shared/clock.ts'
import { asFault, type Fault } from '../../shared/fault.ts'

export interface RetentionParts {
  readonly keepDays: number
  readonly clock: Clock
  /** Offset below which everything was recorded before this instant. */
  readonly olderThan: (at: number) => Promise<number>
  /** What is cut off already. */
  readonly trimmed: () => Promise<number>
  /** Makes a base of every read model; resolves with the offset that all of them know. */
  readonly makeBase: () => Promise<number>
  readonly trim: (to: number) => Promise<void>
  readonly onCut: (to: number) => void
  /** The next look tries again. */
  readonly onTrouble: (fault: Fault) => void
}

const dayMs = 86_400_000
/** A base is a copy of everything that is known: not worth making for less than a few days of a small site. */
const leastEntries = 10_000

/** Cuts the journal once: makes a base where there is enough to cut, then cuts below it. */
export async function cutJournal(parts: RetentionParts, least = leastEntries): Promise<void> {
  const { keepDays, clock, olderThan, trimmed, makeBase, trim, onCut } = parts
  const old = await olderThan(clock.now() - keepDays * dayMs)
  if (old - (await trimmed()) < least) return
  const to = Math.min(old, await makeBase())
  await trim(to)
  onCut(to)
}

/** Looks every few hours whether there is something to cut. Stopped, it begins nothing new. */
export function startRetention(parts: RetentionParts, everyMs = 6 * 3_600_000): { stop(): void } {
  let busy = false
  const look = () => {
    if (busy) return
    busy = true
    cutJournal(parts)
      .catch((thrown) => parts.onTrouble(asFault(thrown, 'The journal cannot be cut')))
      .finally(() => {
        busy = false
      })
  }
  const timer = setInterval(look, everyMs)
  look()
  return { stop: () => clearInterval(timer) }
}
