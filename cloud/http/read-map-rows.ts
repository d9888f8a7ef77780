import { gtin14Of } from '../../shared/epc/check-digit.ts'
import { SkuCode } from '../../shared/goods.ts'
import { Identifier } from '../../shared/identifier.ts'
import type { SiteMap, Sku, Slot } from '../../shared/site-map.ts'
import { onceEach, type Refuse, readTable, type TableRead, type TableRow } from './csv-table.ts'

const lengths = ['x', 'y', 'width', 'depth'] as const
const slotColumns = { required: ['slot', 'zone'], optional: [...lengths, 'level'] }
const skuColumns = { required: ['sku'], optional: ['name', 'gtin'] }
const farthestMetres = 100_000
/** Of a slot of which nobody says how wide it is. */
const usualMetres = 1

/** Each row as a slot: a new one with its place, or one of the map with what the row says otherwise. */
export function readSlots(text: string, map: SiteMap): TableRead<Slot> {
  const zones = new Set(map.zones.map(({ id }) => id))
  const known = new Map(map.slots.map((slot) => [slot.id, slot]))
  const isOnce = onceEach()
  return readTable(text, slotColumns, (row, refuse) => {
    const id = Identifier.safeParse(row.cell('slot'))
    if (!id.success) return refuse('slot', { code: 'no-identifier' })
    const zone = row.cell('zone')
    if (!zones.has(zone)) return refuse('zone', { code: 'not-on-map', what: 'zone', name: zone })
    const before = known.get(id.data)
    const placed = lengths.map((column) => metres(row, column, before?.[column], refuse))
    const [x, y, width, depth] = placed
    const level = levelOf(row, before?.level ?? 0, refuse)
    if (x === undefined || y === undefined || width === undefined || depth === undefined || level === undefined) return
    if (!isOnce(id.data, row.line, 'slot', refuse)) return undefined
    return { id: id.data, zone, x, y, width, depth, level }
  })
}

/** Each row as a SKU: a new one with its name, or one of the map with what the row says otherwise. */
export function readSkus(text: string, map: SiteMap): TableRead<Sku> {
  const known = new Map(map.skus.map((sku) => [sku.sku, sku]))
  const holders = new Map(map.skus.flatMap(({ sku, gtin }) => (gtin === undefined ? [] : [[gtin14Of(gtin), sku]])))
  const isOnce = onceEach()
  return readTable(text, skuColumns, (row, refuse) => {
    const sku = SkuCode.safeParse(row.cell('sku'))
    if (!sku.success) return refuse('sku', { code: 'no-line', most: 64 })
    const before = known.get(sku.data)
    const name = row.cell('name') || before?.name
    if (name === undefined) return refuse('name', { code: 'needed-for-new', what: 'sku' })
    if (name.length > 128) return refuse('name', { code: 'too-long', most: 128 })
    const gtin = row.cell('gtin') || before?.gtin
    const gtin14 = gtin === undefined ? undefined : gtin14Of(gtin)
    if (gtin !== undefined && gtin14 === undefined) return refuse('gtin', { code: 'no-gtin' })
    const holder = gtin14 === undefined ? sku.data : (holders.get(gtin14) ?? sku.data)
    if (holder !== sku.data) return refuse('gtin', { code: 'gtin-of-other', sku: holder })
    if (!isOnce(sku.data, row.line, 'sku', refuse)) return undefined
    if (gtin14 !== undefined) holders.set(gtin14, sku.data)
    return { sku: sku.data, name, ...(gtin !== undefined && { gtin }) }
  })
}

/** The rows in the place of those with the same key, new ones behind; undefined: all of them are there already. */
export function merged<T>(before: readonly T[], rows: readonly T[], keyOf: (one: T) => string): T[] | undefined {
  const all = new Map(before.map((one) => [keyOf(one), one]))
  for (const row of rows) all.set(keyOf(row), { ...all.get(keyOf(row)), ...row })
  const after = [...all.values()]
  return JSON.stringify(after) === JSON.stringify(before) ? undefined : after
}

function metres(row: TableRow, column: string, before: number | undefined, refuse: Refuse): number | undefined {
  const text = row.cell(column)
  const isLength = column === 'width' || column === 'depth'
  if (text === '') return before ?? (isLength ? usualMetres : refuse(column, { code: 'needed-for-new', what: 'slot' }))
  const value = Number(text)
  if (!Number.isFinite(value) || Math.abs(value) > farthestMetres || (isLength && value <= 0)) {
    return refuse(column, { code: 'no-metres', aboveZero: isLength })
  }
  return value
}

function levelOf(row: TableRow, before: number, refuse: Refuse): number | undefined {
  const text = row.cell('level')
  if (text === '') return before
  return /^\d{1,2}$/.test(text) ? Number(text) : refuse('level', { code: 'no-whole-number', least: 0, most: 99 })
}
