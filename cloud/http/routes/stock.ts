import { z } from 'zod'
import { SlotEvidence, StockRow, UnknownTag } from '../../../shared/api.ts'
import { Fault } from '../../../shared/fault.ts'
import { Identifier } from '../../../shared/identifier.ts'
import { pageOf, pageRequest, paging } from '../paging.ts'
import type { Api, HttpParts } from '../parts.ts'

/** How much of what is where. */
export function stockRoutes(app: Api, { inventory }: HttpParts): void {
  app.get(
    '/api/v1/sites/:site/unknown-tags',
    {
      schema: {
        summary: 'Tags on the site of which nobody has said what they are on, the longest known first',
        tags: ['stock'],
        params: z.strictObject({ site: Identifier }),
        querystring: z.strictObject(paging),
        response: { 200: pageOf(UnknownTag) },
      },
    },
    async ({ params: { site }, query }) => inventory.unknownTags(site, pageRequest(query)),
  )
  app.get(
    '/api/v1/sites/:site/slots/:slot/evidence',
    {
      schema: {
        summary: 'Why a slot is held to be as it is: its readers, what is there, and what would change it',
        tags: ['stock'],
        params: z.strictObject({ site: Identifier, slot: Identifier }),
        response: { 200: SlotEvidence },
      },
    },
    async ({ params: { site, slot } }) => {
      const evidence = await inventory.slotEvidence(site, slot)
      if (evidence === undefined) throw new Fault('not-found', `There is no slot ${slot}.`)
      return evidence
    },
  )
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
