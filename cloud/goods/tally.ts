import { mostLevels } from '../../shared/shipment.ts'
import {
  type Carried,
  type Content,
  firstBelieved,
  firstMissing,
  hasRoomOn,
  isBelieved,
  missingOf,
  openContent,
} from './content.ts'
import type { Wanted } from './wanted.ts'

/**
 * What of one shipment has passed: which objects, for which lines, and what is believed to have passed because its logistic unit
 * did. Nothing here knows time order or gates; `matching.ts` decides what belongs here.
 */

export interface MatchedShipment {
  readonly shipment: string
  readonly direction: 'in' | 'out'
  readonly gate: string | null
  readonly dueAt: number | null
  readonly wanted: Wanted
  readonly announcedAt: number
  /** From then on nothing belongs to it any more. */
  readonly endedAt: number | null
}

/**
 * What an object counts for. line: it is named. sku: by its SKU, or as unknown. content: by its SKU, of what a unit carries; `isOn`:
 * it is on that unit. unit: for nothing but the unit that it is, or is on.
 */
export type Share =
  | { readonly for: 'line'; readonly place: number }
  | { readonly for: 'sku' }
  | { readonly for: 'content'; readonly content: Content; readonly isOn: boolean }
  | { readonly for: 'unit' }

/** One object that passed, and did not go back. */
export interface Taken {
  readonly epc: string
  readonly sku: string | null
  readonly share: Share
  /** false: it is believed to have passed because the unit `on` did. */
  readonly isRead: boolean
  /** The unit that it passed with; null: none that is known. */
  readonly on: string | null
  readonly at: number
  readonly point: string
  /** Nobody expected it. */
  readonly isSurplus?: boolean
}

export interface Tally {
  readonly of: MatchedShipment
  readonly taken: Map<string, Taken>
  /** SKU → how many of `taken` count by it, beside what is on units. */
  readonly bySku: Map<string, number>
  /** How many of these were not read. */
  readonly believed: Map<string, number>
  readonly contentsOn: ReadonlyMap<string, readonly Content[]>
  readonly contentsOf: ReadonlyMap<string, Carried>
  /** Unit → what passed with it, by its identity. */
  readonly on: Map<string, Set<string>>
  firstAt: number | null
  lastAt: number | null
  /** How often it changed. */
  changes: number
}

/** When what is expected by its own line may have passed before the shipment was announced. */
const exactBeforeMs = 24 * 3_600_000

/** Whether something that passed at this instant may belong to it. */
export function isOpen({ announcedAt, endedAt }: MatchedShipment, at: number): boolean {
  return at >= announcedAt - exactBeforeMs && (endedAt === null || at <= endedAt)
}

export function openTally(of: MatchedShipment): Tally {
  const contentsOf = new Map(
    [...Map.groupBy(of.wanted.contents, ({ sku }) => sku)].map(([sku, wanted]): [string, Carried] => [
      sku,
      { contents: wanted.map(openContent), missingFrom: 0, believedFrom: 0 },
    ]),
  )
  const contents = [...contentsOf.values()].flatMap((carried) => carried.contents)
  return {
    ...{ of, taken: new Map(), bySku: new Map(), believed: new Map(), on: new Map() },
    ...{ contentsOf, contentsOn: Map.groupBy(contents, ({ unit }) => unit) },
    ...{ firstAt: null, lastAt: null, changes: 0 },
  }
}

/** Whether it still expects one of this SKU. */
export function wants(tally: Tally, sku: string): boolean {
  return looseShare(tally, sku) !== undefined || firstMissing(tally.contentsOf.get(sku)) !== undefined
}

/** Whether one of this SKU may be among what is believed to have passed with its unit. */
export function believes({ contentsOf }: Tally, sku: string): boolean {
  return firstBelieved(contentsOf.get(sku)) !== undefined
}

/** For a SKU that is expected without saying on which unit. */
export function looseShare({ of, bySku }: Tally, sku: string | null): Share | undefined {
  const isWanted = sku !== null && (bySku.get(sku) ?? 0) < (of.wanted.loose.get(sku) ?? 0)
  return isWanted ? { for: 'sku' } : undefined
}

/** For what is on a unit of which nobody said what goods are on it: with the unit it is expected, too. */
export function sealedShare({ of }: Tally, unit: string): Share | undefined {
  return of.wanted.units.get(unit)?.isSealed === true ? { for: 'unit' } : undefined
}

/** For what one of this SKU counts that is not known to be on a unit; `isScanned`: where and when, nobody knows for sure. */
export function shareOf(tally: Tally, sku: string | null, isScanned: boolean): Share {
  if (sku === null || looseShare(tally, sku) !== undefined) return { for: 'sku' }
  const carried = tally.contentsOf.get(sku)
  const unseen = () => {
    const content = firstMissing(carried)
    return content && ({ for: 'content', content, isOn: false } as const)
  }
  const believed = () => {
    const content = firstBelieved(carried)
    return content && ({ for: 'content', content, isOn: true } as const)
  }
  // What passes apart from a unit is not on it, unless nothing else is missing; what is scanned by hand may well be.
  return (isScanned ? (believed() ?? unseen()) : (unseen() ?? believed())) ?? { for: 'sku' }
}

/** For what one of this SKU counts that is on a unit which the shipment names; undefined: there was no more of it announced. */
export function shareOnUnit(tally: Tally, unit: string, sku: string | null): Share | undefined {
  const { units } = tally.of.wanted
  let at: string | undefined = unit
  for (let level = 0; level < mostLevels && at !== undefined; level += 1) {
    for (const one of units.get(at)?.within ?? []) {
      const content = tally.contentsOn.get(one)?.find((each) => each.sku === sku && hasRoomOn(each))
      if (content !== undefined) return { for: 'content', content, isOn: true }
    }
    at = units.get(at)?.above
  }
  return undefined
}

export function take(tally: Tally, object: string, taken: Taken): void {
  tally.taken.set(object, taken)
  weigh(tally, object, taken, 1)
  if (taken.on !== null) {
    const there = tally.on.get(taken.on)
    if (there === undefined) tally.on.set(taken.on, new Set([object]))
    else there.add(object)
  }
  alterUnit(tally, object, (content) => {
    content.isPassed = true
  })
}

/** It did not pass after all, passed back, or belongs elsewhere. */
export function release(tally: Tally, object: string): Taken | undefined {
  const taken = tally.taken.get(object)
  if (taken === undefined) return undefined
  tally.changes += 1
  tally.taken.delete(object)
  weigh(tally, object, taken, -1)
  if (taken.on !== null) tally.on.get(taken.on)?.delete(object)
  alterUnit(tally, object, (content) => {
    content.isPassed = false
    content.gone.clear()
  })
  return taken
}

/** It was not believed in vain: it was read. */
export function confirm(tally: Tally, object: string): void {
  const taken = tally.taken.get(object)
  if (taken === undefined || taken.isRead) return
  weigh(tally, object, taken, -1)
  const read = { ...taken, isRead: true }
  tally.taken.set(object, read)
  weigh(tally, object, read, 1)
}

/** A unit came after goods that counted for what it was announced to carry: as far as may be they are of that, not on top of it. */
export function joinUnit(tally: Tally, unit: string): void {
  for (const content of tally.contentsOn.get(unit) ?? []) {
    for (const object of [...content.apart]) {
      const taken = tally.taken.get(object)
      if (taken === undefined || taken.on !== null || !hasRoomOn(content)) continue // it is on another one, or more
      release(tally, object)
      take(tally, object, { ...taken, share: { for: 'content', content, isOn: true } })
    }
  }
}

/** One of what was announced to be on a unit is known not to have passed with it. */
export function loseFrom(tally: Tally, content: Content | undefined, object: string): void {
  if (content?.isPassed === true) alter(tally, content, () => content.gone.add(object))
}

export function touch(tally: Tally, at: number): void {
  tally.changes += 1
  tally.firstAt ??= at
  tally.lastAt = at
}

function weigh(tally: Tally, object: string, { sku, share, isRead }: Taken, by: 1 | -1): void {
  if (share.for === 'content') {
    const { content, isOn } = share
    alter(tally, content, () => {
      if (!isOn) {
        if (by === 1) content.apart.add(object)
        else content.apart.delete(object)
        if (!isRead) content.apartUnread += by
        return
      }
      if (by === 1) content.gone.delete(object)
      if (isRead) content.withUnit += by
      else content.named += by
    })
  } else if (share.for === 'sku' && sku !== null) {
    tally.bySku.set(sku, (tally.bySku.get(sku) ?? 0) + by)
    if (!isRead) tally.believed.set(sku, (tally.believed.get(sku) ?? 0) + by)
  }
}

function alterUnit(tally: Tally, unit: string, change: (content: Content) => void): void {
  for (const content of tally.contentsOn.get(unit) ?? []) alter(tally, content, () => change(content))
}

function alter({ contentsOf }: Tally, content: Content, change: () => void): void {
  change()
  const carried = contentsOf.get(content.sku)
  if (carried === undefined) return
  if (missingOf(content) > 0) carried.missingFrom = Math.min(carried.missingFrom, content.among)
  if (isBelieved(content)) carried.believedFrom = Math.min(carried.believedFrom, content.among)
}
