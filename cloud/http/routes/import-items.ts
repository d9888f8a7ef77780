import { z } from 'zod'
import { ImportReport } from '../../../shared/api.ts'
import { EpcHex, Identifier } from '../../../shared/identifier.ts'
import type { OwnRecord } from '../../journal/own-record.ts'
import { byOf } from '../access.ts'
import { parseCsv, separatorOf } from '../csv.ts'
import type { Api, HttpParts } from '../parts.ts'
import { InputFault } from '../problem.ts'

const itemsPerRecord = 1000
const errorsShown = 100

interface ItemRow {
  readonly epc: string
  readonly sku: string
}
interface ItemsRead {
  readonly rows: number
  readonly items: readonly ItemRow[]
  readonly errors: readonly { readonly path: string; readonly message: string }[]
}

/** Which SKU each tag is on, from a spreadsheet: all rows, or none of them. */
export function importItemRoutes(app: Api, { journal, clock }: HttpParts): void {
  app.post(
    '/api/v1/sites/:site/import/items',
    {
      bodyLimit: 1024 * 1024,
      schema: {
        summary:
          'Import which SKU each tag is on: text/csv with the columns epc and sku, split by comma, semicolon or tab',
        tags: ['items'],
        consumes: ['text/csv'],
        params: z.strictObject({ site: Identifier }),
        querystring: z.strictObject({ dryRun: z.enum(['true', 'false']).default('false') }),
        body: z.string(),
        response: { 200: ImportReport },
      },
    },
    async (request) => {
      const { site } = request.params
      const dryRun = request.query.dryRun === 'true'
      const { rows, items, errors } = readItems(request.body)
      if (!dryRun && errors.length > 0) {
        throw new InputFault(
          `${errors.length} of ${rows} rows cannot be used; nothing was imported.`,
          errors.slice(0, errorsShown),
        )
      }
      const report = { dryRun, rows, valid: items.length, invalid: errors.length, errors: errors.slice(0, errorsShown) }
      if (dryRun || items.length === 0) return { ...report, offset: null }
      const at = clock.now()
      const by = byOf(request)
      const records: OwnRecord[] = []
      for (let first = 0; first < items.length; first += itemsPerRecord) {
        records.push({ kind: 'items', at, by, items: items.slice(first, first + itemsPerRecord) })
      }
      return { ...report, offset: await journal.appendOwn(site, records) }
    },
  )
}

/** Each row as an item, or as a reason with its line. */
export function readItems(text: string): ItemsRead {
  const csv = parseCsv(text, separatorOf(text))
  if (!csv.ok) throw new InputFault('This is not CSV.', [{ path: `line ${csv.line}`, message: csv.message }])
  const [header, ...rows] = csv.rows
  const names = header?.cells.map((cell) => cell.trim().toLowerCase()) ?? []
  const epcAt = names.indexOf('epc')
  const skuAt = names.indexOf('sku')
  if (epcAt === -1 || skuAt === -1 || names.length !== 2) {
    throw new InputFault('The first line must name the columns epc and sku, and no others.', [
      { path: 'line 1', message: `found: ${names.join(', ') || 'nothing'}` },
    ])
  }
  const items: ItemRow[] = []
  const errors: { path: string; message: string }[] = []
  const lineOf = new Map<string, number>()
  for (const { line, cells } of rows) {
    const refuse = (column: string, message: string) => errors.push({ path: `line ${line}, ${column}`, message })
    const epc = EpcHex.safeParse(cells[epcAt]?.trim().toUpperCase())
    const sku = cells[skuAt]?.trim() ?? ''
    if (cells.length !== names.length) refuse('row', `has ${cells.length} cells instead of ${names.length}`)
    else if (!epc.success) refuse('epc', 'must be hex digits, whole bytes')
    else if (!/^[^\p{Cc}]{1,64}$/u.test(sku)) refuse('sku', 'must be 1–64 characters on one line')
    else if (lineOf.has(epc.data)) refuse('epc', `is on line ${lineOf.get(epc.data)} already`)
    else {
      lineOf.set(epc.data, line)
      items.push({ epc: epc.data, sku })
    }
  }
  return { rows: rows.length, items, errors }
}
