import { SkuCode } from '../../shared/goods.ts'
import { EpcHex, Identifier } from '../../shared/identifier.ts'
import { type ExpectedShipment, mostLines, type ShipmentLine, Sscc } from '../../shared/shipment.ts'
import type { SiteMap } from '../../shared/site-map.ts'
import { flawOfGate, flawOfSku, flawsOfLevels, lineKey, skusOn } from './check-shipment.ts'
import { type Columns, onceEach, type Refuse, readTable, type TableRead, type TableRow } from './csv-table.ts'
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
    if (before.told !== told) return refuse('row', `says of the shipment otherwise than line ${before.line}`)
    if (before.lines >= mostLines) return refuse('row', `is more than ${mostLines} lines of one shipment`)
    if (!isOnce(`${head.shipment} ${lineKey(line)}`, row.line, 'row', refuse)) return undefined
    heads.set(head.shipment, { ...before, lines: before.lines + 1 })
    return { head, line, row: row.line }
  })
  const flaws = Array.from(Map.groupBy(read.values, ({ head }) => head.shipment).values()).flatMap((rows) =>
    flawsOfLevels(rows.map(({ line }) => line)).map(({ index, message }) => ({ row: rows[index]?.row ?? 0, message })),
  )
  const refused = new Set(flaws.map(({ row }) => row))
  return {
    rows: read.rows,
    values: read.values.filter(({ row }) => !refused.has(row)),
    errors: [...read.errors, ...flaws.map(({ row, message }) => ({ path: `line ${row}, parent`, message }))],
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
  if (!shipment.success) return refuse('shipment', 'must be 1–64 letters, digits, "_", "." or "-"')
  const direction = row.cell('direction').toLowerCase()
  if (direction !== 'in' && direction !== 'out') return refuse('direction', 'must be in or out')
  const gate = row.cell('gate')
  const due = row.cell('dueAt')
  const dueAt = due === '' ? undefined : instantOf(due, timeZone, 'last-minute')
  if (due !== '' && dueAt === undefined) {
    return refuse('dueAt', 'must be a day such as 2026-03-31, or an instant with its zone')
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
  if (row.cell('sku') !== '' && !sku.success) return refuse('sku', 'must be 1–64 characters on one line')
  const isOf = epc !== '' || digits !== ''
  if (epc !== '' && digits !== '') return refuse('row', 'must name one of epc, sscc, or sku and quantity')
  const [sscc, parent] = [ssccOf(row, 'sscc', refuse), ssccOf(row, 'parent', refuse)]
  if (sscc === undefined || parent === undefined) return undefined
  if (parent !== '' && (isOf || sscc === '')) {
    return refuse('parent', 'is of a row that names a logistic unit, and nothing else')
  }
  const on = sscc !== '' && { sscc }
  if (epc !== '') {
    if (!EpcHex.safeParse(epc).success) return refuse('epc', 'must be hex digits, whole bytes')
    return { epc, ...(sku.success && { sku: sku.data }), ...on }
  }
  if (!isOf && sscc !== '') {
    if (sku.success) return refuse('quantity', 'must say how many of the SKU are on the logistic unit')
    return { sscc, ...(parent !== '' && { parent }) }
  }
  if (!isOf) return refuse('row', 'must name one of epc, sscc, or sku and quantity')
  if (!sku.success) return refuse('sku', 'must be 1–64 characters on one line')
  if (!/^[1-9]\d{0,5}$/.test(digits)) return refuse('quantity', 'must be a whole number from 1 to 999999')
  return { sku: sku.data, quantity: Number(digits), ...on }
}

/** Empty where nothing is named; undefined: refused. */
function ssccOf(row: TableRow, column: 'sscc' | 'parent', refuse: Refuse): string | undefined {
  const cell = row.cell(column)
  if (cell === '' || Sscc.safeParse(cell).success) return cell
  return refuse(column, 'must be 18 digits with a right check digit')
}
