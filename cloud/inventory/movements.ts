import type { PageRequest } from '../http/read-models.ts'
import type { Place } from '../location/place.ts'
import type { Names } from './item-row.ts'
import type { EnteredRow, Ledger } from './ledger.ts'
import type { PackingRows } from './packing-rows.ts'
import type { InventoryState, LedgerKind } from './state.ts'
import type { UntaggedRows } from './untagged-rows.ts'

/** Where something was or is, in words. */
export type MovementPlace = Pick<Place, 'site' | 'zone' | 'slot' | 'departed'>

/** One row of the ledger, with everything that EPCIS asks for. Instants are Unix ms. */
export interface Movement {
  readonly epc: string
  readonly at: number
  readonly recordedAt: number
  readonly kind: LedgerKind
  readonly to: MovementPlace | null
  readonly readPoint: string | null
  readonly lastReadAt: number | null
}

/** What was entered on a site: rows of the ledger, rows that take one back, what was packed or unpacked, and counts. */
export type Told =
  | {
      readonly is: 'movement'
      readonly movement: Movement
      /** It was wrong: what was entered in its place. */
      readonly error: { readonly declaredAt: number; readonly corrective: readonly Movement[] } | null
    }
  | {
      readonly is: 'count'
      readonly place: MovementPlace
      readonly sku: string
      /** Of the SKU, if the map has one. */
      readonly gtin: string | null
      readonly quantity: number
      readonly at: number
      readonly recordedAt: number
    }
  | {
      readonly is: 'packing'
      readonly parent: string
      readonly children: readonly string[]
      readonly act: 'add' | 'delete'
      readonly at: number
      readonly recordedAt: number
    }

export interface MovementFilter {
  /** Names it, as the object or as parent or child. */
  readonly epc?: string | undefined
  /** Event time, inclusive and exclusive, Unix ms. */
  readonly fromMs: number
  readonly toMs: number
}

/**
 * Everything that was entered on a site, in the order of the journal; a page may hold fewer than asked for and have a
 * next one. What went somewhere with its unit is left out: unit and packing tell of it.
 */
export function movementsOn(
  state: InventoryState,
  kept: {
    readonly ledger: Ledger
    readonly names: Names
    readonly packings: PackingRows
    readonly untagged: UntaggedRows
  },
  site: string,
  filter: MovementFilter,
  page: PageRequest,
): { readonly items: readonly Told[]; readonly next: string | null } {
  const [ledgerId = 0, packingId = 0, countId = 0] = (page.cursor ?? '')
    .split('.')
    .map((part) => Math.max(0, Math.trunc(Number(part)) || 0))
  const item = filter.epc === undefined ? 0 : (state.byEpc.get(filter.epc)?.id ?? -1)
  const rows = kept.ledger.enteredAfter(ledgerId, { item, ...filter }, page.limit + 1)
  const packings = kept.packings.after(packingId, { site, epc: filter.epc ?? null, ...filter }, page.limit + 1)
  // Goods without tags have no EPC.
  const counts = filter.epc === undefined ? kept.untagged.after(countId, { site, ...filter }, page.limit + 1) : []
  const map = state.sites.get(site)?.index?.map
  const placed = (id: number): MovementPlace | null => {
    const place = state.places.byId(id)
    return place === undefined
      ? null
      : { site: place.site, zone: place.zone, slot: place.slot, departed: place.departed }
  }
  const movement = (row: EnteredRow): Movement => ({
    epc: state.items[row.item - 1]?.epc ?? '',
    at: row.at,
    recordedAt: row.recordedAt,
    kind: row.kind,
    to: placed(row.toPlace),
    readPoint: row.readPoint === 0 ? null : kept.names.nameOf(row.readPoint),
    lastReadAt: row.lastReadAt === 0 ? null : row.lastReadAt,
  })
  const all = [
    ...rows.map((row) => ({ offset: row.offset, row })),
    ...packings.map((packing) => ({ offset: packing.offset, packing })),
    ...counts.map((count) => ({ offset: count.offset, count })),
  ].sort((a, b) => a.offset - b.offset)
  const items: Told[] = []
  const cursor = { ledgerId, packingId, countId }
  for (const entered of all.slice(0, page.limit)) {
    if ('count' in entered) {
      const { id, slot, sku, quantity, at, recordedAt } = entered.count
      cursor.countId = id
      const zone = map?.slots.find((one) => one.id === slot)?.zone ?? null
      const gtin = map?.skus.find((one) => one.sku === sku)?.gtin ?? null
      const place = { site, zone, slot, departed: false }
      items.push({ is: 'count', place, sku, gtin, quantity, at, recordedAt })
      continue
    }
    if ('packing' in entered) {
      const { packing } = entered
      cursor.packingId = packing.id
      items.push({ is: 'packing', ...packing })
      continue
    }
    const { row } = entered
    cursor.ledgerId = row.id
    const told = movement(row)
    if (row.parent !== 0 || (told.to ?? placed(row.fromPlace))?.site !== site) continue
    // Only where it came from is told otherwise: to whoever is told of it it is the same.
    const together = row.late === 0 ? [] : kept.ledger.enteredFor(row.item, row.offset)
    if (together.some((other) => (other.revokes === 0) !== (row.revokes === 0) && isTheSame(other, row))) continue
    const corrective = together.filter(({ revokes }) => revokes === 0).map(movement)
    items.push({
      is: 'movement',
      movement: told,
      error: row.revokes === 0 ? null : { declaredAt: row.recordedAt, corrective },
    })
  }
  return { items, next: all.length > page.limit ? `${cursor.ledgerId}.${cursor.packingId}.${cursor.countId}` : null }
}

function isTheSame(one: EnteredRow, other: EnteredRow): boolean {
  const isSame = (field: 'at' | 'kind' | 'toPlace' | 'readPoint' | 'lastReadAt') => one[field] === other[field]
  return isSame('at') && isSame('kind') && isSame('toPlace') && isSame('readPoint') && isSame('lastReadAt')
}
