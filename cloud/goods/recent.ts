import { togetherMs } from '../inventory/proposals.ts'
import type { GatePassage } from './matching.ts'
import type { Tally } from './tally.ts'

/** What went through each gate a moment ago, one way: a load takes some seconds. Asked in event time. */
export interface Recent {
  /** Something that was read; no unit. */
  read(passage: GatePassage, object: string): void
  /** What was read, the oldest first. */
  reads(passage: GatePassage): readonly string[]
  /** A unit that counts for a shipment. */
  passed(passage: GatePassage, tally: Tally, unit: string): void
  units(passage: GatePassage): readonly { readonly tally: Tally; readonly unit: string }[]
  /** Something went back with its unit. */
  wentBack(passage: GatePassage, object: string): void
  unitBack(passage: GatePassage, tally: Tally, unit: string): void
  /** Whether it went back a moment ago, or was announced to be on a unit that did. */
  isBack(passage: GatePassage, object: string, sku: string | null): boolean
}

interface Entry<T> {
  readonly at: number
  readonly what: T
}

export function openRecent(): Recent {
  const reads = new Moments<string>()
  const units = new Moments<{ readonly tally: Tally; readonly unit: string }>()
  const objectsBack = new Moments<string>()
  const unitsBack = new Moments<{ readonly tally: Tally; readonly unit: string }>()
  return {
    read: (passage, object) => reads.add(passage, object),
    reads: (passage) => reads.at(passage),
    passed: (passage, tally, unit) => units.add(passage, { tally, unit }),
    units: (passage) => units.at(passage),
    wentBack: (passage, object) => objectsBack.add(passage, object),
    unitBack: (passage, tally, unit) => unitsBack.add(passage, { tally, unit }),
    isBack: (passage, object, sku) =>
      objectsBack.at(passage).includes(object) ||
      unitsBack
        .at(passage)
        .some(({ tally: { of, contentsOn }, unit }) =>
          (of.wanted.units.get(unit)?.within ?? []).some((one) =>
            contentsOn.get(one)?.some((each) => each.sku === sku),
          ),
        ),
  }
}

/** Until nobody asks any more, old ones go in lots of so many. */
const droppedAtOnce = 256

class Moments<T> {
  readonly #byPlace = new Map<string, Entry<T>[]>()

  add(passage: GatePassage, what: T): void {
    const { at } = passage
    const key = placeOf(passage)
    const there = this.#byPlace.get(key) ?? []
    if (there.length === 0) this.#byPlace.set(key, there)
    there.push({ at, what })
    if (there.length % droppedAtOnce === 0) dropOld(there, at)
  }

  at(passage: GatePassage): readonly T[] {
    const there = this.#byPlace.get(placeOf(passage))
    if (there === undefined) return []
    dropOld(there, passage.at)
    return there.map(({ what }) => what)
  }
}

/** What is scanned for one shipment has nothing to do with what is scanned for another. */
function placeOf({ direction, point, shipment }: GatePassage): string {
  return `${direction} ${point} ${shipment ?? ''}`
}

function dropOld(entries: Entry<unknown>[], now: number): void {
  const from = entries.findIndex(({ at }) => now - at <= togetherMs)
  entries.splice(0, from === -1 ? entries.length : from)
}
