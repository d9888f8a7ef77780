import { objectOfTag } from '../../shared/epc/object-of.ts'
import { mostLevels, type ScanStanding } from '../../shared/shipment.ts'
import { epcOf } from './fold-packed.ts'
import { matchingOn } from './live.ts'
import { skuOn } from './sku.ts'
import type { GoodsState } from './state.ts'
import { isOpen, type Tally } from './tally.ts'
import { carriesGoods, type Named } from './wanted.ts'

/**
 * What codes are to an open shipment before they are scanned for it at an instant, in their order. It speaks of what is announced
 * and of what is counted; whether a SKU has come more often than announced, its line tells.
 */
export function scanStandings(
  state: GoodsState,
  site: string,
  shipment: string,
  codes: readonly string[],
  at: number,
): readonly ScanStanding[] {
  const { tallies } = matchingOn(state, site)
  const tally = tallies.get(shipment)
  if (tally === undefined) return codes.map(() => 'not-announced')
  // An object counts once, also where it is another shipment that has it.
  const rivals = [...tallies.values()].filter(({ of }) => of.direction === tally.of.direction && isOpen(of, at))
  const scanned = new Set<string>()
  return codes.map((code) => {
    const epc = epcOf(state, site, code)
    if (epc === undefined) return 'unusable'
    const named = { object: objectOfTag(epc), epc }
    if (!isAnnounced(state, site, tally, named, at)) return 'not-announced'
    const isAgain = scanned.has(named.object) || rivals.some(({ taken }) => taken.get(named.object)?.isRead === true)
    scanned.add(named.object)
    return isAgain ? 'again' : 'new'
  })
}

/** A line names it, the unit that it is on, or its SKU; or one of these is true of what is on it. */
function isAnnounced(
  state: GoodsState,
  site: string,
  tally: Tally,
  { object, epc }: Named,
  at: number,
  levels = mostLevels,
): boolean {
  const { exact, units, loose } = tally.of.wanted
  const unit = state.packed.unitOf(object, at)
  if (exact.has(object) || units.has(object) || (unit !== undefined && units.has(unit))) return true
  const sku = skuOn(state, site, epc)
  if (sku !== null && (loose.has(sku) || tally.contentsOf.has(sku))) return true
  if (!carriesGoods(object) || levels <= 1) return false
  return state.packed.on(object, at).some((one) => isAnnounced(state, site, tally, one, at, levels - 1))
}
