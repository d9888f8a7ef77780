import type { BoardChanges } from './board-changes.ts'
import type { BoardState } from './board-state.ts'

/**
 * What no eye misses for a second: newer evidence of what a slot shows already, and another value of a sensor that
 * stays on its side of its limits. A busy reader sees the same shelf thirty times a second; without this, nine tenths
 * of what goes to every board would say nothing new.
 */
export const calmMs = 1000

/** Since when (monotonic ms) what is calm waits, the longest first. */
export interface Waiting {
  readonly slots: Map<string, number>
  readonly sensors: Map<string, number>
}

export function nobodyWaits(): Waiting {
  return { slots: new Map(), sensors: new Map() }
}

/**
 * Takes out of `changes` what is calm and so may wait, and gives it. It goes once the newest is a second newer than
 * what is shown, or has waited for a second; so nothing shown is older than its truth by more than that.
 */
export function takeCalm(
  board: BoardState,
  changes: BoardChanges,
  waiting: Waiting,
  nowMs: number,
): Pick<BoardChanges, 'slots' | 'sensors'> {
  return {
    slots: take(changes.slots, waiting.slots, nowMs, (id, now) => {
      const shown = board.slots.get(id)
      return (
        shown !== undefined &&
        shown.state === now.state &&
        shown.items === now.items &&
        Math.abs(now.asOf - shown.asOf) < calmMs
      )
    }),
    sensors: take(changes.sensors, waiting.sensors, nowMs, (id, now) => {
      const shown = board.sensors.get(id)
      return (
        shown !== undefined &&
        Math.abs(now.at - shown.at) < calmMs &&
        shown.outside.length === now.outside.length &&
        shown.outside.every((quantity, index) => quantity === now.outside[index])
      )
    }),
  }
}

/** Monotonic time when the first of what waits must go; undefined: nothing waits. */
export function calmUntilMs({ slots, sensors }: Waiting): number | undefined {
  const oldest = [...first(slots), ...first(sensors)]
  return oldest.length === 0 ? undefined : Math.min(...oldest) + calmMs
}

function take<T>(
  changes: Map<string, T>,
  since: Map<string, number>,
  nowMs: number,
  isCalm: (id: string, now: T) => boolean,
): Map<string, T> {
  const held = new Map<string, T>()
  for (const [id, now] of changes) {
    const heldAtMs = since.get(id) ?? nowMs
    if (nowMs - heldAtMs < calmMs && isCalm(id, now)) {
      if (heldAtMs === nowMs) since.set(id, nowMs)
      held.set(id, now)
      changes.delete(id)
    } else since.delete(id)
  }
  return held
}

function* first(since: ReadonlyMap<string, number>): Iterable<number> {
  for (const atMs of since.values()) return yield atMs
}
