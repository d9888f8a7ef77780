import type { Content } from './content.ts'
import type { GatePassage, Holders, Lookups } from './matching.ts'
import type { Recent } from './recent.ts'
import {
  isOpen,
  joinUnit,
  loseFrom,
  release,
  type Share,
  shareOf,
  shareOnUnit,
  type Taken,
  type Tally,
  take,
  touch,
} from './tally.ts'
import { carriesGoods, type Named } from './wanted.ts'

/** What goes through a gate with a logistic unit, and back with it. */
export interface Carrying {
  /** A unit passed: so did what is on it. `isNew`: it had not before. */
  carry(tally: Tally, unit: string, passage: GatePassage, isNew: boolean): void
  /** Out of the shipment that had it; it was not, or is no longer, with its unit. */
  letGo(direction: 'in' | 'out', tally: Tally, object: string): void
  /** It goes back; a unit takes along what passed with it, but for what is known to have been taken off since. */
  goBack(direction: 'in' | 'out', tally: Tally, object: string, passage: GatePassage): void
}

export function openCarrying({
  holders,
  recent,
  lookups,
  pass,
}: {
  readonly holders: Holders
  readonly recent: Recent
  readonly lookups: Lookups
  /** An object passes with the unit `by`. */
  readonly pass: (passage: GatePassage, named: Named, by: string) => void
}): Carrying {
  const { packed } = lookups

  function carry(tally: Tally, unit: string, passage: GatePassage, isNew: boolean): void {
    for (const one of tally.of.wanted.units.get(unit)?.within ?? [unit]) {
      const isFirst = one === unit ? isNew : carryUnit(tally, one, unit, passage)
      for (const named of tally.of.wanted.units.get(one)?.objects ?? []) pass(passage, named, one)
      for (const named of packed.on(one, passage.at)) {
        if (isFirst) loseCounted(tally, one, named, passage.direction)
        pass(passage, named, one)
      }
      if (!isFirst) continue
      loseTakenOff(tally, one, passage.at)
      joinUnit(tally, one)
    }
    for (const object of recent.reads(passage)) bring(tally, unit, object, passage.direction)
    recent.passed(passage, tally, unit)
  }

  /** One that was announced to stand on another one. */
  function carryUnit(tally: Tally, unit: string, on: string, { at, point, direction }: GatePassage): boolean {
    const held = holders[direction].get(unit)
    if (held !== undefined && isOpen(held.of, at)) return false
    const place = tally.of.wanted.exact.get(unit)
    const share: Share = place === undefined ? { for: 'unit' } : { for: 'line', place }
    holders[direction].set(unit, tally)
    take(tally, unit, { epc: unit, sku: null, share, isRead: false, on, at, point })
    return true
  }

  /** What was announced to be on a unit, is on it, and was counted before it came: it does not count once more. */
  function loseCounted(tally: Tally, unit: string, { object, epc }: Named, direction: 'in' | 'out'): void {
    const share = holders[direction].get(object)?.taken.get(object)?.share
    if (share === undefined || share.for === 'line') return
    const content = contentOf(tally, unit, epc)
    if (!(share.for === 'content' && share.content === content && share.isOn)) loseFrom(tally, content, object)
  }

  /** What was announced to be on a unit, and was taken off between that and its passage. */
  function loseTakenOff(tally: Tally, unit: string, at: number): void {
    if (!tally.contentsOn.has(unit)) return
    for (const { object, epc } of packed.takenOff(unit, tally.of.announcedAt, at)) {
      loseFrom(tally, contentOf(tally, unit, epc), object)
    }
  }

  function contentOf(tally: Tally, unit: string, epc: string): Content | undefined {
    const contents = tally.contentsOn.get(unit)
    const sku = contents === undefined ? null : lookups.skuOf(epc)
    return sku === null ? undefined : contents?.find((content) => content.sku === sku)
  }

  /** What was read here a moment before its unit, and counted elsewhere. */
  function bring(tally: Tally, unit: string, object: string, direction: 'in' | 'out'): void {
    const holder = holders[direction].get(object)
    const taken = holder?.taken.get(object)
    if (holder === undefined || taken === undefined || taken.share.for === 'line') return
    if (!taken.isRead || taken.on !== null || (direction === 'out' && taken.isSurplus === true)) return
    release(holder, object)
    const share = shareOnUnit(tally, unit, taken.sku)
    const to = share === undefined ? holder : tally
    take(to, object, share === undefined ? taken : { ...taken, share, on: unit })
    holders[direction].set(object, to)
    if (to !== holder) touch(to, taken.at)
  }

  function letGo(direction: 'in' | 'out', tally: Tally, object: string): void {
    holders[direction].delete(object)
    const share = release(tally, object)?.share
    if (share?.for === 'content' && share.isOn) loseFrom(tally, share.content, object)
  }

  function goBack(direction: 'in' | 'out', tally: Tally, object: string, passage: GatePassage): void {
    const stay: [string, Taken][] = []
    if (carriesGoods(object)) {
      for (const unit of tally.of.wanted.units.get(object)?.within ?? [object]) {
        for (const one of [...(tally.on.get(unit) ?? [])]) {
          const taken = tally.taken.get(one)
          if (taken === undefined) continue
          if (packed.unitOf(one, taken.at) === unit && packed.unitOf(one, passage.at) !== unit) stay.push([one, taken])
          else if (taken.isRead) recent.wentBack(passage, one)
          letGo(direction, tally, one)
        }
        if (unit !== object && holders[direction].get(unit) === tally) letGo(direction, tally, unit)
      }
      recent.unitBack(passage, tally, object)
    }
    letGo(direction, tally, object)
    for (const [one, taken] of stay) {
      const { share, sku } = taken
      holders[direction].set(one, tally)
      take(tally, one, { ...taken, on: null, share: share.for === 'content' ? shareOf(tally, sku, false) : share })
    }
  }

  return { carry, letGo, goBack }
}
