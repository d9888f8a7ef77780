import { z } from 'zod'
import { ImportReport } from '../../../shared/api.ts'
import { byOf } from '../access.ts'
import { importing, inPieces, reportOf } from '../import.ts'
import type { Api, HttpParts } from '../parts.ts'
import { readItems } from '../read-items.ts'

/** Which SKU each tag is on, and what else is known of it, from a spreadsheet. */
export function importItemRoutes(app: Api, { inventory, journal, clock }: HttpParts): void {
  const { bodyLimit, consumes, params, querystring } = importing
  app.post(
    '/api/v1/sites/:site/import/items',
    {
      bodyLimit,
      schema: {
        summary:
          'Import what is known of each tag: text/csv with the column epc and any of sku, lot, expiresAt, hold (why), ' +
          'receivedAt, owner, split by comma, semicolon or tab. An empty cell: not so any more; days are those of the site',
        tags: ['items'],
        consumes,
        params,
        querystring,
        body: z.string(),
        response: { 200: ImportReport },
      },
    },
    async (request) => {
      const { site } = request.params
      const timeZone = (await inventory.map(site))?.timeZone ?? 'UTC'
      const at = clock.now()
      const by = byOf(request)
      return reportOf(readItems(request.body, timeZone), request.query.dryRun === 'true', (items) =>
        journal.appendOwn(
          site,
          inPieces(items).map((piece) => ({ kind: 'items', at, by, items: [...piece] })),
        ),
      )
    },
  )
}
