import { z } from 'zod'
import { StockRow } from '../../../shared/api.ts'
import { Identifier } from '../../../shared/identifier.ts'
import { pageOf, pageRequest, paging } from '../paging.ts'
import type { Api, HttpParts } from '../parts.ts'

/** How much of what is where. */
export function stockRoutes(app: Api, { inventory }: HttpParts): void {
  app.get(
    '/api/v1/sites/:site/stock',
    {
      schema: {
        summary: 'Stock by slot and SKU',
        tags: ['stock'],
        params: z.strictObject({ site: Identifier }),
        querystring: z.strictObject({
          sku: z.string().max(64).optional(),
          slot: Identifier.optional(),
          zone: Identifier.optional(),
          ...paging,
        }),
        response: { 200: pageOf(StockRow) },
      },
    },
    async ({ params: { site }, query: { sku, slot, zone, ...page } }) =>
      inventory.stock(
        site,
        { ...(sku !== undefined && { sku }), ...(slot !== undefined && { slot }), ...(zone !== undefined && { zone }) },
        pageRequest(page),
      ),
  )
}
