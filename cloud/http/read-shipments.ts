import { SkuCode } from '../../shared/goods.ts'
import { EpcHex, Identifier } from '../../shared/identifier.ts'
import { type ExpectedShipment, mostLines, type ShipmentLine, Sscc } from '../../shared/shipment.ts'
import type { SiteMap } from '../../shared/site-map.ts'
import { flawOfGate, flawOfSku, flawsOfLevels, lineKey, skusOn } from './check-shipment.ts'
import { type Columns, onceEach, type Refuse, readTable, rowError, type TableRead, type TableRow } from './csv-table.ts'
import { instantOf } from './site-time.ts'

export interface ShipmentRow {
  readonly head: Omit<ExpectedShipment, 'lines'>
  readonly line: ShipmentLine
  /** Of the text. */
  readonly row: number
}

const columns: Columns = {
  required: ['shipment', 'direction'],
  optional: ['gate', 'dueAt', 'sku', 'quantity', 'epc', 'sscc', 'parent'],
}

/** Each row as one line of a shipment; rows of one shipment agree about its direction, gate and time. */
export function readShipments(text: string, map: SiteMap | undefined): TableRead<ShipmentRow> {
  const heads = new Map<string, { readonly told: string; readonly line: number; lines: number }>()
  const isOnce = onceEach()
  const skus = skusOn(map)
  const read = readTable(text, columns, (row, refuse): ShipmentRow | undefined => {
    const head = headOf(row, map?.timeZone ?? 'UTC', refuse)
    if (head === undefined) return undefined
    const [flaw] = flawOfGate(head.gate, map)
    if (flaw !== undefined) return refuse('gate', flaw)
    const line = lineOf(row, refuse)
    if (line === undefined) return undefined
    const [unknown] = flawOfSku(line, skus)
    if (unknown !== undefined) return refuse('sku', unknown)
    const told = JSON.stringify(head)
    const before = heads.get(head.shipment) ?? { told, line: row.line, lines: 0 }
    if (before.told !== told) return refuse('row', { code: 'shipment-otherwise', line: before.line })
    if (before.lines >= mostLines) return refuse('row', { code: 'too-many-lines', most: mostLines })
    if (!isOnce(`${head.shipment} ${lineKey(line)}`, row.line, 'row', refuse)) return undefined
    heads.set(head.shipment, { ...before, lines: before.lines + 1 })
    return { head, line, row: row.line }
  })
  const flaws = Array.from(Map.groupBy(read.values, ({ head }) => head.shipment).values()).flatMap((rows) =>
    flawsOfLevels(rows.map(({ line }) => line)).map(({ index, flaw }) => ({ row: rows[index]?.row ?? 0, flaw })),
  )
  const refused = new Set(flaws.map(({ row }) => row))
  return {
    rows: read.rows,
    values: read.values.filter(({ row }) => !refused.has(row)),
    errors: [...read.errors, ...flaws.map(({ row, flaw }) => rowError(row, 'parent', flaw))],
  }
}

/** Rows of one shipment together, in their order. */
export function shipmentsOf(rows: readonly ShipmentRow[]): readonly ExpectedShipment[] {
  return [...Map.groupBy(rows, ({ head }) => head.shipment).values()].flatMap((ofOne) => {
    const head = ofOne[0]?.head
    return head === undefined ? [] : [{ ...head, lines: ofOne.map(({ line }) => line) }]
  })
}

function headOf(row: TableRow, timeZone: string, refuse: Refuse): ShipmentRow['head'] | undefined {
  const shipment = Identifier.safeParse(row.cell('shipment'))
  if (!shipment.success) return refuse('shipment', { code: 'no-identifier' })
  const direction = row.cell('direction').toLowerCase()
  if (direction !== 'in' && direction !== 'out') return refuse('direction', { code: 'none-of', choices: ['in', 'out'] })
  const gate = row.cell('gate')
  const due = row.cell('dueAt')
  const dueAt = due === '' ? undefined : instantOf(due, timeZone, 'last-minute')
  if (due !== '' && dueAt === undefined) {
    return refuse('dueAt', { code: 'no-instant' })
  }
  return {
    shipment: shipment.data,
    direction,
    ...(gate !== '' && { gate }),
    ...(dueAt !== undefined && { dueAt: new Date(dueAt).toISOString() }),
  }
}

function lineOf(row: TableRow, refuse: Refuse): ShipmentLine | undefined {
  const [epc, digits] = [row.cell('epc').toUpperCase(), row.cell('quantity')]
  const sku = SkuCode.safeParse(row.cell('sku'))
  if (row.cell('sku') !== '' && !sku.success) return refuse('sku', { code: 'no-line', most: 64 })
  const isOf = epc !== '' || digits !== ''
  if (epc !== '' && digits !== '') return refuse('row', { code: 'names-not-one' })
  const [sscc, parent] = [ssccOf(row, 'sscc', refuse), ssccOf(row, 'parent', refuse)]
  if (sscc === undefined || parent === undefined) return undefined
  if (parent !== '' && (isOf || sscc === '')) {
    return refuse('parent', { code: 'parent-without-unit' })
  }
  const on = sscc !== '' && { sscc }
  if (epc !== '') {
    if (!EpcHex.safeParse(epc).success) return refuse('epc', { code: 'no-epc' })
    return { epc, ...(sku.success && { sku: sku.data }), ...on }
  }
  if (!isOf && sscc !== '') {
    if (sku.success) return refuse('quantity', { code: 'quantity-missing' })
    return { sscc, ...(parent !== '' && { parent }) }
  }
  if (!isOf) return refuse('row', { code: 'names-not-one' })
  if (!sku.success) return refuse('sku', { code: 'no-line', most: 64 })
  if (!/^[1-9]\d{0,5}$/.test(digits)) return refuse('quantity', { code: 'no-whole-number', least: 1, most: 999_999 })
  return { sku: sku.data, quantity: Number(digits), ...on }
}

/** Empty where nothing is named; undefined: refused. */
function ssccOf(row: TableRow, column: 'sscc' | 'parent', refuse: Refuse): string | undefined {
  const cell = row.cell(column)
  if (cell === '' || Sscc.safeParse(cell).success) return cell
  return refuse(column, { code: 'no-sscc' })
}
