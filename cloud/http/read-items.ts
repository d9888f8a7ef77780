import type { z } from 'zod'
import type { Flaw } from '../../shared/flaw.ts'
import { HoldReason, LotCode, OwnerName, SkuCode } from '../../shared/goods.ts'
import { EpcHex } from '../../shared/identifier.ts'
import type { ItemsImported } from '../journal/own-record.ts'
import { type Columns, onceEach, type Refuse, readTable, type TableRead, type TableRow } from './csv-table.ts'
import { instantOf } from './site-time.ts'

export type ItemWord = z.infer<typeof ItemsImported>['items'][number]

const itemColumns: Columns = {
  required: ['epc'],
  optional: ['sku', 'lot', 'expiresAt', 'hold', 'receivedAt', 'owner'],
}
/** What spreadsheets write for "no" in a column that otherwise names a reason. */
const notHeld = /^(?:no|false|0|否|-)$/i

/**
 * Each row as a word about one tag. An empty cell says that it is not so any more: no lot, no hold. An empty `sku` says
 * nothing, beside other columns.
 */
export function readItems(text: string, timeZone: string): TableRead<ItemWord> {
  const isOnce = onceEach()
  return readTable(text, itemColumns, (row, refuse) => {
    const epc = EpcHex.safeParse(row.cell('epc').toUpperCase())
    if (!epc.success) return refuse('epc', { code: 'no-epc' })
    const word = wordOf(row, timeZone, refuse)
    if (word === undefined || !isOnce(epc.data, row.line, 'epc', refuse)) return undefined
    return { epc: epc.data, ...word }
  })
}

function wordOf(row: TableRow, timeZone: string, refuse: Refuse): Omit<ItemWord, 'epc'> | undefined {
  const others = itemColumns.optional.filter((column) => row.has(column))
  if (others.length === 0) return refuse('row', { code: 'says-nothing' })
  let isRight = true
  const wrong = (column: string, flaw: Flaw) => {
    refuse(column, flaw)
    isRight = false
  }
  const text = (column: string, schema: z.ZodString, most: number, value = row.cell(column)) => {
    if (!row.has(column)) return {}
    if (value === '') return { [column]: null }
    if (!schema.safeParse(value).success) wrong(column, { code: 'no-line', most })
    return { [column]: value }
  }
  const instant = (column: string, ofDay: 'begin' | 'end') => {
    if (!row.has(column)) return {}
    if (row.cell(column) === '') return { [column]: null }
    const at = instantOf(row.cell(column), timeZone, ofDay)
    if (at === undefined) wrong(column, { code: 'no-instant' })
    return { [column]: at ?? null }
  }
  const isSkuSaid = row.has('sku') && (row.cell('sku') !== '' || others.length === 1)
  const sku = isSkuSaid ? SkuCode.safeParse(row.cell('sku')) : undefined
  if (sku?.success === false) wrong('sku', { code: 'no-line', most: 64 })
  const hold = row.cell('hold')
  const word = {
    ...(sku?.success === true && { sku: sku.data }),
    ...text('lot', LotCode, 64),
    ...instant('expiresAt', 'end'),
    ...text('hold', HoldReason, 128, notHeld.test(hold) ? '' : hold),
    ...instant('receivedAt', 'begin'),
    ...text('owner', OwnerName, 128),
  }
  return isRight ? word : undefined
}
