import { articlesOf } from '../../shared/epc/article.ts'
import { gtin14Of } from '../../shared/epc/check-digit.ts'
import type { SiteMap, Sku, Slot, Zone } from '../../shared/site-map.ts'
import type { Basis } from './evidence.ts'
import type { Place, Places } from './place.ts'

/** A read point with the answers that every read at it needs. */
export interface IndexedReadPoint {
  /** The map's own string, so that items share it. */
  readonly id: string
  readonly gateway: string
  readonly device: string
  readonly place: Place
  readonly basis: Basis
}

/** A reader: what can fall silent, and what then is covered by nobody. */
export interface IndexedReader {
  readonly gateway: string
  readonly device: string
  readonly slots: readonly string[]
}

export interface SiteIndex {
  readonly map: SiteMap
  /** gateway → read point id → read point. Two gateways may use one name for two antennas. */
  readonly readPoints: ReadonlyMap<string, ReadonlyMap<string, IndexedReadPoint>>
  readonly slots: ReadonlyMap<string, Slot>
  readonly zones: ReadonlyMap<string, Zone>
  readonly readers: readonly IndexedReader[]
  /** Article number of a tag (`articleOf`) → SKU, for those whose GTIN the map knows. */
  readonly skuByArticle: ReadonlyMap<number, string>
}

/**
 * What a read says about the place: exactly one slot covered → that slot; a zone's or several slots' antenna → the
 * zone; a gate → the zone of the gate, whatever it covers.
 */
export function indexSite(map: SiteMap, places: Places): SiteIndex {
  const readPoints = new Map<string, Map<string, IndexedReadPoint>>()
  const readers = new Map<string, { gateway: string; device: string; slots: Set<string> }>()
  const slots = new Map(map.slots.map((slot) => [slot.id, slot]))
  for (const point of map.readPoints) {
    const only = point.kind !== 'gate' && point.slots.length === 1 ? slots.get(point.slots[0] ?? '') : undefined
    const ofGateway = readPoints.get(point.gateway) ?? new Map<string, IndexedReadPoint>()
    readPoints.set(point.gateway, ofGateway)
    ofGateway.set(point.id, {
      id: point.id,
      gateway: point.gateway,
      device: point.device,
      place: only === undefined ? places.of(map.site, point.zone, null) : places.of(map.site, only.zone, only.id),
      basis: point.kind === 'gate' ? 'gate' : only === undefined ? 'zone' : 'slot',
    })
    const key = `${point.gateway}/${point.device}`
    const reader = readers.get(key) ?? { gateway: point.gateway, device: point.device, slots: new Set<string>() }
    readers.set(key, reader)
    for (const slot of point.slots) if (slots.has(slot)) reader.slots.add(slot)
  }
  return {
    map,
    readPoints,
    slots,
    zones: new Map(map.zones.map((zone) => [zone.id, zone])),
    readers: [...readers.values()].map((reader) => ({ ...reader, slots: [...reader.slots] })),
    skuByArticle: new Map(map.skus.flatMap(articlesOfSku)),
  }
}

/** Article numbers (`articleOf`) that name the SKU. A GTIN with a wrong check digit names nothing. */
export function articlesOfSku({ sku, gtin }: Sku): readonly (readonly [number, string])[] {
  const gtin14 = gtin === undefined ? undefined : gtin14Of(gtin)
  return gtin14 === undefined ? [] : articlesOf(gtin14).map((article) => [article, sku] as const)
}
