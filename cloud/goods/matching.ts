import { togetherMs } from '../inventory/proposals.ts'
import { openCarrying } from './carrying.ts'
import { openRecent } from './recent.ts'
import {
  believes,
  confirm,
  isOpen,
  looseShare,
  type MatchedShipment,
  openTally,
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

/** Object → the shipment that counts it. */
export interface Holders {
  readonly in: Map<string, Tally>
  readonly out: Map<string, Tally>
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
  const holders: Holders = { in: new Map(), out: new Map() }
  const unordered: Unordered[] = []
  const recent = openRecent()
  const hasContents = shipments.some(({ wanted }) => wanted.contents.length > 0)
  const { carry, letGo, goBack } = openCarrying({ holders, recent, lookups, pass })

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
      if (isKnown || (shipment === undefined ? isTogether(taken, passage) : shipment === again.of.shipment)) {
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

function gateKey(direction: 'in' | 'out', gate: string | null): string {
  return `${direction} ${gate ?? ''}`
}

function dueFirst(a: MatchedShipment, b: MatchedShipment): number {
  const due = (a.dueAt ?? Number.POSITIVE_INFINITY) - (b.dueAt ?? Number.POSITIVE_INFINITY)
  if (due < 0 || due > 0) return due
  return a.announcedAt - b.announcedAt || (a.shipment < b.shipment ? -1 : 1)
}
