import { z } from 'zod'
import { ImportReport } from '../../../shared/api.ts'
import { isUnit } from '../../../shared/epc/object-of.ts'
import { byOf } from '../access.ts'
import { onceEach, readTable, type TableRead } from '../csv-table.ts'
import { importing, inPieces, reportOf } from '../import.ts'
import type { Api, HttpParts } from '../parts.ts'
import { flawOfChild } from './aggregations.ts'

interface PackedRow {
  readonly parent: string
  readonly child: string
  readonly act: 'add' | 'delete'
}

const columns = { required: ['parent', 'child'], optional: ['act'] }

/** What is packed on what, from a spreadsheet: a row for each child. */
export function importAggregationRoutes(app: Api, { inventory, journal, clock }: HttpParts): void {
  const { bodyLimit, consumes, params, querystring } = importing
  app.post(
    '/api/v1/sites/:site/import/aggregations',
    {
      bodyLimit,
      schema: {
        summary:
          'Import what is packed on logistic units: text/csv with the columns parent (SSCC or the EPC of its tag), child ' +
          'and optionally act (add or delete, add where it is empty)',
        tags: ['goods'],
        consumes,
        params,
        querystring,
        body: z.string(),
        response: { 200: ImportReport },
      },
    },
    async (request) => {
      const { site } = request.params
      const at = clock.now()
      const by = byOf(request)
      const codes = new Set<string>()
      readAggregations(request.body, (code) => {
        codes.add(code)
        return null
      })
      const named = await inventory.named([...codes])
      const epcs = new Map([...codes].map((code, index) => [code, named[index] ?? null]))
      const read = readAggregations(request.body, (code) => epcs.get(code) ?? null)
      return reportOf(read, request.query.dryRun === 'true', (rows) => {
        const groups = Map.groupBy(rows, ({ parent, act }) => `${act} ${parent}`).values()
        return journal.appendOwn(
          site,
          [...groups].flatMap((ofOne) =>
            inPieces(ofOne).map((piece) => {
              const { act = 'add', parent = '' } = piece[0] ?? {}
              return { kind: 'aggregation' as const, at, by, act, parent, children: piece.map(({ child }) => child) }
            }),
          ),
        )
      })
    },
  )
}

/** `named` answers the tag that a code names. */
function readAggregations(text: string, named: (code: string) => string | null): TableRead<PackedRow> {
  const isOnce = onceEach()
  return readTable(text, columns, (row, refuse) => {
    const parent = named(row.cell('parent'))
    const child = named(row.cell('child'))
    const act = row.cell('act').toLowerCase()
    if (parent === null || !isUnit(parent)) return refuse('parent', { code: 'names-no-unit' })
    const flaw = flawOfChild(child)
    if (flaw !== undefined || child === null) return refuse('child', flaw ?? { code: 'names-no-tag' })
    if (act !== '' && act !== 'add' && act !== 'delete')
      return refuse('act', { code: 'none-of', choices: ['add', 'delete'] })
    if (!isOnce(child, row.line, 'child', refuse)) return undefined
    return { parent, child, act: act === 'delete' ? 'delete' : 'add' }
  })
}
