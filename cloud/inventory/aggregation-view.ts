import {
  type Aggregation,
  mostChildrenShown,
  type PackedUnit,
  type ProposedAggregation,
} from '../../shared/aggregation.ts'
import { iso } from '../../shared/api.ts'
import { isUnit, objectOfTag } from '../../shared/epc/object-of.ts'
import { partedAt } from './carried.ts'
import type { TrackedItem } from './item.ts'
import type { Packing } from './packs.ts'
import { type Move, proposalsOf } from './proposals.ts'
import type { Kept } from './refold.ts'
import { skuIn } from './sku.ts'
import type { InventoryState } from './state.ts'
import { openLedgers } from './unit-ledgers.ts'

type Told = Pick<Kept, 'ledger' | 'names'>

/** What is looked at for proposals: the newest rows of so many days. */
const proposedWithinMs = 7 * 86_400_000
const mostMoves = 20_000

/** With what an item goes now, and what goes with it; undefined: nobody has heard of it. */
export function aggregationOf(state: InventoryState, kept: Told, epc: string): Aggregation | undefined {
  const item = state.byEpc.get(epc)
  if (item === undefined) return undefined
  const ledgers = openLedgers(state, kept)
  const apart = (child: TrackedItem, packing: Packing) => {
    const own = ledgers.of(child, Number.POSITIVE_INFINITY, { conclusions: [], bases: [] })
    const at = partedAt(packing, own.ofItem(packing), ledgers.ofUnit(packing.parent), state.now)
    return { since: iso(packing.from), apartSince: at === undefined ? null : iso(at) }
  }
  const on = packingNow(state, item)
  const children = childrenOn(state, epc, Number.POSITIVE_INFINITY)
  return {
    epc,
    sscc: ssccOf(epc),
    parent: on === undefined ? null : { epc: on.parent, sscc: ssccOf(on.parent) ?? '', ...apart(item, on) },
    children: children.slice(0, mostChildrenShown).map(({ child, packing }) => ({
      epc: child.epc,
      sku: skuIn(state, child),
      zone: child.place?.zone ?? null,
      slot: child.place?.slot ?? null,
      ...apart(child, packing),
    })),
    leftOut: Math.max(0, children.length - mostChildrenShown),
  }
}

/** Units on a site with something on them, the last packed first. */
export function packedUnitsOn(state: InventoryState, site: string): readonly PackedUnit[] {
  const units = [...state.packs.units()].flatMap((epc) => {
    const children = childrenOn(state, epc, Number.POSITIVE_INFINITY)
    if (children.length === 0 || !isOn(state, site, epc, children)) return []
    const since = children.map(({ packing }) => packing.from)
    const { zone = null, slot = null } = state.byEpc.get(epc)?.place ?? {}
    return [{ unit: { epc, sscc: ssccOf(epc) ?? '', zone, slot, children: since.length }, from: Math.min(...since) }]
  })
  units.sort((a, b) => b.from - a.from || (a.unit.epc < b.unit.epc ? -1 : 1))
  return units.map(({ unit, from }) => ({ ...unit, since: iso(from) }))
}

/**
 * EPCs of what was on a unit of the site just before an instant, and of what was taken off at it: told twice it is told
 * once.
 */
export function packedBefore(state: InventoryState, site: string, parent: string, at: number): readonly string[] {
  const children = childrenOn(state, parent, at)
  return isOn(state, site, parent, children) ? children.map(({ child }) => child.epc) : []
}

interface Packed {
  readonly child: TrackedItem
  readonly packing: Packing
}

/** Whether a unit is on a site; one that was never seen is where somebody packed it. */
function isOn(state: InventoryState, site: string, unit: string, children: readonly Packed[]): boolean {
  const place = state.byEpc.get(unit)?.place
  if (place) return place.site === site && !place.departed
  return children.some(({ child }) =>
    state.packs.factsOf(child).some((fact) => fact.parent === unit && fact.site === site),
  )
}

function childrenOn(state: InventoryState, parent: string, at: number): readonly Packed[] {
  return [...state.packs.everOn(parent)]
    .flatMap((child) => {
      const packing = state.packs
        .packingsOf(child)
        .find((one) => one.parent === parent && one.from < at && one.to >= at)
      return packing === undefined ? [] : [{ child, packing }]
    })
    .sort((a, b) => (a.child.epc < b.child.epc ? -1 : 1))
}

/** On a site: what moved with a unit and is not known to be on it. What somebody rejected is asked again after it moved with it again. */
export function proposedOn(state: InventoryState, kept: Told, site: string): readonly ProposedAggregation[] {
  const moves: Move[] = []
  for (const row of kept.ledger.newest(state.now - proposedWithinMs, mostMoves)) {
    const epc = state.items[row.item - 1]?.epc
    const to = state.places.byId(row.toPlace)
    if (epc === undefined || to?.site !== site || row.readPoint === 0 || row.parent !== 0) continue
    moves.push({ epc, at: row.at, readPoint: kept.names.nameOf(row.readPoint), to })
  }
  const isAskedAlready = (child: string, parent: string, at: number) => {
    const item = state.byEpc.get(child)
    if (item === undefined || packingNow(state, item) !== undefined) return true
    return state.packs.factsOf(item).some((fact) => fact.act !== 'add' && fact.parent === parent && fact.at >= at)
  }
  return proposalsOf(moves.reverse(), isUnitTag, isAskedAlready).map(({ parent, child, together, lastAt }) => {
    const item = state.byEpc.get(child)
    const sku = item === undefined ? null : skuIn(state, item)
    return { parent, sscc: ssccOf(parent) ?? '', child, sku, together, lastAt: iso(lastAt) }
  })
}

/** 18 digits; null: it is no logistic unit. */
export function ssccOf(epc: string): string | null {
  return /^\(00\)(\d{18})$/.exec(objectOfTag(epc))?.[1] ?? null
}

/** The headers of an SSCC tell most tags apart without decoding them. */
export function isUnitTag(epc: string): boolean {
  return /^(?:31|EF|F9)/.test(epc) && isUnit(epc)
}

function packingNow(state: InventoryState, item: TrackedItem): Packing | undefined {
  return state.packs.packingsOf(item).findLast(({ to }) => to === Number.POSITIVE_INFINITY)
}
