import type { ShipmentLine } from '../../shared/shipment.ts'

/**
 * Which passage belongs to which shipment: a pure function of the shipments and of the passages in event time, so the
 * order in which passages arrive does not matter.
 *
 * - A passage belongs to an open shipment of its direction and gate that still expects it: by its own line (tag or logistic
 *   unit) before by its SKU; the shipment whose goods passed this gate last before the others, then the one due first.
 * - What was scanned for a shipment belongs to that one.
 * - Nobody expects it: it is too much for the shipment that is at the gate, or without any shipment.
 * - An object counts once for one shipment, however often it passes and where. What goes back through the gate counts no more.
 */

/** When what is expected by its own line may have passed before the shipment was announced. */
export const exactBeforeMs = 24 * 3_600_000

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
}

/** What a shipment expects. */
export interface Wanted {
  /** Object → place of the line that names it. */
  readonly exact: ReadonlyMap<string, number>
  readonly bySku: ReadonlyMap<string, number>
  /** Logistic units are among them. */
  readonly hasUnits: boolean
}

export interface Taken {
  readonly epc: string
  readonly sku: string | null
  readonly line: number | null
}

export interface Tally {
  readonly of: MatchedShipment
  /** Objects that passed, and did not go back → what they are; `line`: the place of the line that names them. */
  readonly taken: Map<string, Taken>
  /** SKU → how many of `taken` count by it. */
  readonly bySku: Map<string, number>
  firstAt: number | null
  lastAt: number | null
  /** How often it changed. */
  changes: number
}

export interface Unordered {
  readonly passage: GatePassage
  readonly sku: string | null
  readonly shipment: string | null
}

export interface Matching {
  readonly tallies: ReadonlyMap<string, Tally>
  /** Went out without being expected; oldest first. */
  readonly unordered: readonly Unordered[]
  /** The next passage in event time. */
  add(passage: GatePassage): void
}

/** Nothing has passed yet. */
export function openMatching(shipments: readonly MatchedShipment[], lookups: Lookups): Matching {
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

  for (const of of shipments) {
    const tally: Tally = { of, taken: new Map(), bySku: new Map(), firstAt: null, lastAt: null, changes: 0 }
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

  return {
    tallies,
    unordered,
    add(passage) {
      const { at, epc, point, direction, shipment } = passage
      const object = lookups.objectOf(epc)
      const open = shipment === undefined ? openAt(passage, direction) : openNamed(shipment, at)
      const again = holders[direction].get(object)
      if (again !== undefined && isOpen(again.of, at)) return touch(again, at)

      const exact = open.find(({ of }) => of.wanted.exact.has(object))
      const sku = lookups.skuOf(epc)
      const announced = open.filter(({ of }) => at >= of.announcedAt)
      const expecting = exact ?? announced.find((tally) => sku !== null && wants(tally, sku))
      if (expecting !== undefined) {
        atPoint.set(gateKey(direction, point), expecting)
        holders[direction].set(object, expecting)
        return take(expecting, object, { epc, sku, line: exact?.of.wanted.exact.get(object) ?? null }, at)
      }

      const opposite = direction === 'in' ? 'out' : 'in'
      const before = holders[opposite].get(object)
      if (before !== undefined && openAt(passage, opposite).includes(before)) {
        holders[opposite].delete(object)
        return putBack(before, object)
      }

      const [here] = announced
      // The pallet's own tag says nothing where only goods are expected.
      if (here !== undefined && isUnit(object) && !here.of.wanted.hasUnits) return
      if (here !== undefined) {
        holders[direction].set(object, here)
        take(here, object, { epc, sku, line: null }, at)
      }
      if (direction === 'out') unordered.push({ passage, sku, shipment: here?.of.shipment ?? null })
    },
  }
}

export function wantedBy(lines: readonly ShipmentLine[], objectOf: (epc: string) => string): Wanted {
  const exact = new Map<string, number>()
  const bySku = new Map<string, number>()
  for (const [place, line] of lines.entries()) {
    if ('quantity' in line) bySku.set(line.sku, (bySku.get(line.sku) ?? 0) + line.quantity)
    else exact.set('epc' in line ? objectOf(line.epc) : `(00)${line.sscc}`, place)
  }
  return { exact, bySku, hasUnits: [...exact.keys()].some(isUnit) }
}

function wants({ of, bySku }: Tally, sku: string): boolean {
  return (bySku.get(sku) ?? 0) < (of.wanted.bySku.get(sku) ?? 0)
}

function take(tally: Tally, object: string, taken: Taken, at: number): void {
  tally.taken.set(object, taken)
  if (taken.line === null && taken.sku !== null) tally.bySku.set(taken.sku, (tally.bySku.get(taken.sku) ?? 0) + 1)
  touch(tally, at)
}

function putBack(tally: Tally, object: string): void {
  tally.changes += 1
  const taken = tally.taken.get(object)
  tally.taken.delete(object)
  if (taken === undefined || taken.line !== null || taken.sku === null) return
  tally.bySku.set(taken.sku, (tally.bySku.get(taken.sku) ?? 1) - 1)
}

function touch(tally: Tally, at: number): void {
  tally.changes += 1
  tally.firstAt ??= at
  tally.lastAt = at
}

function isOpen({ announcedAt, endedAt }: MatchedShipment, at: number): boolean {
  return at >= announcedAt - exactBeforeMs && (endedAt === null || at <= endedAt)
}

/** SSCC, GRAI, GIAI: what carries goods. */
function isUnit(object: string): boolean {
  return /^\((?:00|8003|8004)\)/.test(object)
}

function gateKey(direction: 'in' | 'out', gate: string | null): string {
  return `${direction} ${gate ?? ''}`
}

function dueFirst(a: MatchedShipment, b: MatchedShipment): number {
  const due = (a.dueAt ?? Number.POSITIVE_INFINITY) - (b.dueAt ?? Number.POSITIVE_INFINITY)
  if (due < 0 || due > 0) return due
  return a.announcedAt - b.announcedAt || (a.shipment < b.shipment ? -1 : 1)
}
