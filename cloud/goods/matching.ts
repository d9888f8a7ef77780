import { togetherMs } from '../inventory/proposals.ts'
import { openRecent } from './recent.ts'
import {
  believes,
  type Content,
  confirm,
  joinUnit,
  looseShare,
  loseFrom,
  type MatchedShipment,
  openTally,
  release,
  type Share,
  sealedShare,
  shareOf,
  shareOnUnit,
  type Taken,
  type Tally,
  take,
  touch,
  wants,
} from './tally.ts'
import { carriesGoods, type Named } from './wanted.ts'

/**
 * Which passage belongs to which shipment: a pure function of the shipments, of what is packed on what, and of the passages
 * in event time, so the order in which these arrive does not matter.
 *
 * - A passage belongs to an open shipment of its direction and gate that still expects it: by its own line (tag or logistic
 *   unit), then by the unit that it is on, then by its SKU; the shipment whose goods passed this gate last before the others,
 *   then the one due first.
 * - What was scanned for a shipment belongs to that one.
 * - Nobody expects it: it is too much for the shipment that is at the gate, or without any shipment.
 * - An object counts once for one shipment, however often it passes and where. What goes back through the gate counts no more.
 * - With a logistic unit passes what is on it, as if it had been read: what is known to be packed on it, and what was announced
 *   to be. An object on it that is read there counts once; one that is read elsewhere was not on it.
 */

/** When what is expected by its own line may have passed before the shipment was announced. */
export const exactBeforeMs = 24 * 3_600_000

export interface GatePassage {
  readonly at: number
  /** Where, as one text. */
  readonly point: string
  readonly epc: string
  readonly direction: 'in' | 'out'
  /** Somebody scanned it for this shipment, wherever that was. */
  readonly shipment?: string | undefined
}

/** What a passage says beside time and place. */
export interface Lookups {
  objectOf(epc: string): string
  skuOf(epc: string): string | null
  /** By which names shipments may call a gate. */
  gateNames(point: string): readonly string[]
  readonly packed: PackedAt
}

/** What is known of packing, by objects. */
export interface PackedAt {
  /** What is on a unit at an instant. */
  on(unit: string, at: number): readonly Named[]
  unitOf(object: string, at: number): string | undefined
  /** What was taken off a unit in this time, and is not on it at its end. */
  takenOff(unit: string, from: number, to: number): readonly Named[]
}

export interface Unordered {
  readonly passage: GatePassage
  readonly sku: string | null
  readonly shipment: string | null
}

export interface Matching {
  readonly tallies: ReadonlyMap<string, Tally>
  /** Went out without being expected, and was read; oldest first. */
  readonly unordered: readonly Unordered[]
  /** The next passage in event time. */
  add(passage: GatePassage): void
}

/** The shipment that expects an object, for what, and the unit that it passes with. */
interface Found {
  readonly tally: Tally
  readonly share: Share
  readonly on: string | null
}

/** What became of an object that passed. back: it went back, and counts no more. */
type Fate = 'expected' | 'back' | 'nobody'

/** Nothing has passed yet. */
export function openMatching(shipments: readonly MatchedShipment[], lookups: Lookups): Matching {
  const { packed } = lookups
  const tallies = new Map<string, Tally>()
  /** direction and name of the gate → shipments, the one due first first. */
  const byGate = new Map<string, Tally[]>()
  /** direction and point → the same, for all names of the gate. */
  const byPoint = new Map<string, readonly Tally[]>()
  /** direction and point → the shipment whose goods passed there last. */
  const atPoint = new Map<string, Tally>()
  /** Object → the shipment that counts it. */
  const holders = { in: new Map<string, Tally>(), out: new Map<string, Tally>() }
  const unordered: Unordered[] = []
  const recent = openRecent()
  const hasContents = shipments.some(({ wanted }) => wanted.contents.length > 0)

  for (const of of shipments) {
    const tally = openTally(of)
    tallies.set(of.shipment, tally)
    const key = gateKey(of.direction, of.gate)
    const there = byGate.get(key)
    if (there === undefined) byGate.set(key, [tally])
    else there.push(tally)
  }

  function openAt({ point, at }: GatePassage, direction: 'in' | 'out'): readonly Tally[] {
    const key = gateKey(direction, point)
    let all = byPoint.get(key)
    if (all === undefined) {
      const names = [...new Set(lookups.gateNames(point)), null]
      all = names.flatMap((name) => byGate.get(gateKey(direction, name)) ?? []).sort((a, b) => dueFirst(a.of, b.of))
      byPoint.set(key, all)
    }
    const open = all.filter(({ of }) => isOpen(of, at))
    const here = atPoint.get(key)
    if (here === undefined || here === open[0] || !open.includes(here)) return open
    return [here, ...open.filter((tally) => tally !== here)]
  }

  function openNamed(shipment: string, at: number): readonly Tally[] {
    const tally = tallies.get(shipment)
    return tally !== undefined && isOpen(tally.of, at) ? [tally] : []
  }

  /** An object passes: read (`by` null), or believed to be on the unit `by` that does. */
  function pass(passage: GatePassage, { object, epc }: Named, by: string | null): Fate {
    const { at, point, direction, shipment } = passage
    const isRead = by === null
    const again = holders[direction].get(object)
    if (again !== undefined && isOpen(again.of, at)) {
      const taken = again.taken.get(object)
      const isKnown = taken === undefined || taken.isRead || !isRead
      if (isKnown || isTogether(taken, passage) || shipment === again.of.shipment) {
        if (!isRead) return 'expected'
        if (direction === 'out' && taken?.isRead === false && taken.isSurplus === true) {
          unordered.push({ passage, sku: taken.sku, shipment: again.of.shipment })
        }
        confirm(again, object)
        touch(again, at)
        if (carriesGoods(object)) carry(again, object, passage, false)
        return 'expected'
      }
      letGo(direction, again, object) // it was not on the unit that it was believed to be on
    }

    const open = shipment === undefined ? openAt(passage, direction) : openNamed(shipment, at)
    const sku = lookups.skuOf(epc)
    const unit = by ?? packed.unitOf(object, at) ?? null
    const given = { epc, sku, isRead, at, point }
    const hold = (tally: Tally, taken: Taken) => {
      holders[direction].set(object, tally)
      take(tally, object, taken)
      touch(tally, at)
    }

    const announced = open.filter(({ of }) => at >= of.announcedAt)
    const found =
      byName(open, object, unit) ??
      onUnit(open, unit, sku) ??
      (isRead ? nearUnit(passage, sku) : undefined) ??
      bySku(announced, passage, sku, unit)
    if (found !== undefined) {
      const { tally, share, on } = found
      atPoint.set(gateKey(direction, point), tally)
      hold(tally, { ...given, share, on })
      if (isRead && carriesGoods(object)) carry(tally, object, passage, true)
      return 'expected'
    }

    // Who takes what is on it has the unit, too.
    const fates = isRead ? packed.on(object, at).map((one) => pass(passage, one, object)) : []
    if (fates.includes('expected')) return 'expected'

    const opposite = direction === 'in' ? 'out' : 'in'
    const before = holders[opposite].get(object)
    if (before !== undefined && openAt(passage, opposite).includes(before)) {
      goBack(opposite, before, object, passage)
      if (!isRead) recent.wentBack(passage, object)
      return 'back'
    }
    if (fates.includes('back') || (isRead && recent.isBack(passage, object, sku))) return 'back'

    const [here] = announced
    // The pallet's own tag says nothing where only goods are expected.
    if (here !== undefined && carriesGoods(object) && !here.of.wanted.hasUnits) return 'nobody'
    if (here !== undefined) hold(here, { ...given, on: unit, share: { for: 'sku' }, isSurplus: true })
    if (direction === 'out' && isRead) unordered.push({ passage, sku, shipment: here?.of.shipment ?? null })
    return 'nobody'
  }

  /** A line names it, or what is on it. */
  function byName(open: readonly Tally[], object: string, on: string | null): Found | undefined {
    const tally = open.find(({ of }) => of.wanted.exact.has(object) || of.wanted.units.has(object))
    const place = tally?.of.wanted.exact.get(object)
    return tally && { tally, on, share: place === undefined ? { for: 'unit' } : { for: 'line', place } }
  }

  /** It is on a unit that a line names. */
  function onUnit(open: readonly Tally[], on: string | null, sku: string | null): Found | undefined {
    const tally = on === null ? undefined : open.find(({ of }) => of.wanted.units.has(on))
    if (on === null || tally === undefined) return undefined
    const share = shareOnUnit(tally, on, sku) ?? looseShare(tally, sku) ?? sealedShare(tally, on)
    return share && { tally, share, on }
  }

  /** A unit has just passed here that was announced to carry such goods. */
  function nearUnit(passage: GatePassage, sku: string | null): Found | undefined {
    for (const { tally, unit: on } of recent.units(passage)) {
      const isThere = isOpen(tally.of, passage.at) && tally.taken.has(on)
      const share = isThere ? shareOnUnit(tally, on, sku) : undefined
      if (share !== undefined) return { tally, share, on }
    }
    return undefined
  }

  function bySku(
    announced: readonly Tally[],
    { shipment }: GatePassage,
    sku: string | null,
    on: string | null,
  ): Found | undefined {
    if (sku === null) return undefined
    const tally = announced.find((one) => wants(one, sku)) ?? announced.find((one) => believes(one, sku))
    return tally && { tally, share: shareOf(tally, sku, shipment !== undefined), on }
  }

  /** A unit passed: so did what is on it. `isNew`: it had not before. */
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
    if (!hasContents) return
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

  /** Out of the shipment that had it; it was not, or is no longer, with its unit. */
  function letGo(direction: 'in' | 'out', tally: Tally, object: string): void {
    holders[direction].delete(object)
    const share = release(tally, object)?.share
    if (share?.for === 'content' && share.isOn) loseFrom(tally, share.content, object)
  }

  /** A unit takes along what passed with it, but for what is known to have been taken off since. */
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

  return {
    tallies,
    unordered,
    add(passage) {
      const object = lookups.objectOf(passage.epc)
      pass(passage, { object, epc: passage.epc }, null)
      if (hasContents && !carriesGoods(object)) recent.read(passage, object)
    },
  }
}

/** Whether it is read where and when the unit passed that it was believed to pass with. */
function isTogether({ point, at }: Taken, passage: GatePassage): boolean {
  return point === passage.point && passage.at - at <= togetherMs
}

function isOpen({ announcedAt, endedAt }: MatchedShipment, at: number): boolean {
  return at >= announcedAt - exactBeforeMs && (endedAt === null || at <= endedAt)
}

function gateKey(direction: 'in' | 'out', gate: string | null): string {
  return `${direction} ${gate ?? ''}`
}

function dueFirst(a: MatchedShipment, b: MatchedShipment): number {
  const due = (a.dueAt ?? Number.POSITIVE_INFINITY) - (b.dueAt ?? Number.POSITIVE_INFINITY)
  if (due < 0 || due > 0) return due
  return a.announcedAt - b.announcedAt || (a.shipment < b.shipment ? -1 : 1)
}
