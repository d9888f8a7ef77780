import { objectOfTag } from '../../shared/epc/object-of.ts'
import { type Lookups, type Matching, openMatching } from './matching.ts'
import { gatePassage, inTime, type KeptPassage, passageKey } from './passages.ts'
import { type KeptShipment, matchedShipment, nothingPassed, type Outcome, outcomeOfTally } from './shipment.ts'
import { skuOn } from './sku.ts'
import type { GoodsState } from './state.ts'
import { carriesGoods, type Wanted, wantedBy } from './wanted.ts'

/** Passages of one site in event time, and the matching of those that were looked at: made of the state, and kept beside it. */
export interface SiteLive {
  readonly passages: KeptPassage[]
  /** Of the first `matched` passages; undefined: to be made anew. */
  matching: Matching | undefined
  matched: number
  /** What takes time to find out, of tags and shipments that were looked at. */
  readonly objects: Map<string, string>
  readonly skus: Map<string, string | null>
  readonly wanted: WeakMap<KeptShipment, Wanted>
}

/** Passages of a site that are kept; beyond it the oldest go, and what they said of open shipments with them. */
const mostPassages = 100_000
const droppedAtOnce = 5000

export function liveOn(state: GoodsState, site: string): SiteLive {
  const known = state.live.get(site)
  if (known !== undefined) return known
  const passages = [...state.passages.all.values()].filter((passage) => passage.site === site).sort(inTime)
  const made: SiteLive = {
    ...{ passages, matching: undefined, matched: 0 },
    ...{ objects: new Map(), skus: new Map(), wanted: new WeakMap() },
  }
  state.live.set(site, made)
  return made
}

/** Everything is matched anew when somebody asks next. */
export function rematch(state: GoodsState, site: string): void {
  const live = state.live.get(site)
  if (live !== undefined) live.matching = undefined
}

/** The same, after tags were said to be on other SKUs. */
export function rematchSkus(state: GoodsState, site: string): void {
  state.live.get(site)?.skus.clear()
  rematch(state, site)
}

/**
 * What an object is packed on is otherwise since an instant. Where it has passed since, or any unit has, everything is matched
 * anew; these sites are the answer.
 */
export function rematchPacked(state: GoodsState, object: string, since: number): readonly string[] {
  const sites: string[] = []
  for (const [site, live] of state.live) {
    if (live.matching === undefined) continue
    for (let at = live.matched - 1; at >= 0; at -= 1) {
      const passage = live.passages[at]
      if (passage === undefined || passage.at < since) break
      const one = found(live.objects, passage.epc, objectOfTag)
      if (one !== object && !carriesGoods(one)) continue
      live.matching = undefined
      sites.push(site)
      break
    }
  }
  return sites
}

export function addPassage(state: GoodsState, passage: KeptPassage, most = mostPassages): void {
  const live = liveOn(state, passage.site)
  const key = passageKey(passage)
  if (state.passages.get(key) !== undefined) return
  state.passages.put(key, passage)
  let at = live.passages.length
  while (at > 0 && isAfter(live.passages[at - 1], passage)) at -= 1
  live.passages.splice(at, 0, passage)
  if (at < live.matched) live.matching = undefined // it came late
  if (live.passages.length > most) dropOldest(state, live, Math.min(droppedAtOnce, Math.ceil(most / 20)))
}

export function dropOldest(state: GoodsState, live: SiteLive, count: number): void {
  for (const gone of live.passages.splice(0, count)) {
    state.passages.remove(passageKey(gone))
    live.objects.delete(gone.epc)
    live.skus.delete(gone.epc)
  }
  if (count > 0) live.matching = undefined
}

/** Whether passages of a site only have to be added to what was matched before. */
export function isMatched(state: GoodsState, site: string): boolean {
  return state.live.get(site)?.matching !== undefined
}

/** What passed belongs where; in step with the state. */
export function matchingOn(state: GoodsState, site: string): Matching {
  const live = liveOn(state, site)
  if (live.matching === undefined) {
    const shipments = shipmentsOn(state, site).filter(({ ended, settled }) => ended?.as !== 'cancelled' && !settled)
    const lookups = lookupsOn(state, site, live)
    const matched = shipments.map((shipment) => {
      const wanted = found(live.wanted, shipment, () => wantedBy(shipment.lines, lookups.objectOf))
      return matchedShipment(shipment, wanted)
    })
    live.matching = openMatching(matched, lookups)
    live.matched = 0
  }
  for (; live.matched < live.passages.length; live.matched += 1) {
    const next = live.passages[live.matched]
    if (next !== undefined) live.matching.add(gatePassage(next))
  }
  return live.matching
}

export function shipmentsOn(state: GoodsState, site: string): readonly KeptShipment[] {
  return [...state.shipments.all.values()].filter((shipment) => shipment.site === site)
}

export function outcomeOf(state: GoodsState, shipment: KeptShipment): Outcome {
  if (shipment.settled !== null) return shipment.settled
  const tally = matchingOn(state, shipment.site).tallies.get(shipment.shipment)
  return tally === undefined ? nothingPassed : outcomeOfTally(tally)
}

function lookupsOn(state: GoodsState, site: string, { objects, skus }: SiteLive): Lookups {
  const gates = new Map(state.grounds.get(site)?.gates.map(({ point, names }) => [point, names]))
  return {
    objectOf: (epc) => found(objects, epc, objectOfTag),
    skuOf: (epc) => found(skus, epc, () => skuOn(state, site, epc)),
    gateNames: (point) => gates.get(point) ?? [point.slice(point.indexOf('/') + 1)],
    packed: state.packed,
  }
}

function found<K, V>(
  known: { get(key: K): V | undefined; set(key: K, value: V): unknown },
  key: K,
  find: (key: K) => V,
): V {
  const before = known.get(key)
  if (before !== undefined) return before
  const value = find(key)
  known.set(key, value)
  return value
}

function isAfter(one: KeptPassage | undefined, other: KeptPassage): boolean {
  return one !== undefined && inTime(one, other) > 0
}
