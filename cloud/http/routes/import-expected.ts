import { z } from 'zod'
import { ImportReport } from '../../../shared/api.ts'
import { SkuCode } from '../../../shared/goods.ts'
import type { SiteMap } from '../../../shared/site-map.ts'
import type { HomesImported } from '../../journal/own-record.ts'
import { byOf } from '../access.ts'
import { onceEach, readTable, type TableRead } from '../csv-table.ts'
import { importing, inPieces, reportOf } from '../import.ts'
import type { Api, HttpParts } from '../parts.ts'

type Home = z.infer<typeof HomesImported>['homes'][number]

const columns = { required: ['slot', 'sku', 'quantity'], optional: [] }
const mostQuantity = 1_000_000

/** What should lie where, from a spreadsheet. */
export function importExpectedRoutes(app: Api, { inventory, journal, clock }: HttpParts): void {
  const { bodyLimit, consumes, params, querystring } = importing
  app.post(
    '/api/v1/sites/:site/import/expected',
    {
      bodyLimit,
      schema: {
        summary:
          'Import what should lie where: text/csv with the columns slot, sku and quantity; 0: not there any more',
        tags: ['goods'],
        consumes,
        params,
        querystring: querystring.extend({
          replace: z.enum(['true', 'false']).default('false').describe('what was said of this site before is gone'),
        }),
        body: z.string(),
        response: { 200: ImportReport },
      },
    },
    async (request) => {
      const { site } = request.params
      const { dryRun, replace } = request.query
      const at = clock.now()
      const by = byOf(request)
      return reportOf(readHomes(request.body, await inventory.map(site)), dryRun === 'true', (homes) =>
        journal.appendOwn(
          site,
          inPieces(homes).map((piece, index) => ({
            kind: 'homes',
            at,
            by,
            homes: [...piece],
            ...(replace === 'true' && index === 0 && { isWhole: true as const }),
          })),
        ),
      )
    },
  )
}

/** SKUs are checked where the map lists any. */
function readHomes(text: string, map: Pick<SiteMap, 'slots' | 'skus'> | undefined): TableRead<Home> {
  const slots = new Set(map?.slots.map(({ id }) => id))
  const skus = new Set(map?.skus.map(({ sku }) => sku))
  const isOnce = onceEach()
  return readTable(text, columns, (row, refuse) => {
    const slot = row.cell('slot')
    const sku = SkuCode.safeParse(row.cell('sku'))
    const digits = row.cell('quantity')
    if (!slots.has(slot)) return refuse('slot', { code: 'not-on-map', what: 'slot', name: slot })
    if (!sku.success) return refuse('sku', { code: 'no-line', most: 64 })
    if (skus.size > 0 && !skus.has(sku.data)) return refuse('sku', { code: 'not-on-map', what: 'sku', name: sku.data })
    if (!/^\d{1,7}$/.test(digits) || Number(digits) > mostQuantity) {
      return refuse('quantity', { code: 'no-whole-number', least: 0, most: mostQuantity })
    }
    if (!isOnce(`${slot}\t${sku.data}`, row.line, 'row', refuse)) return undefined
    return { slot, sku: sku.data, quantity: Number(digits) }
  })
}
