import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Item, ItemEvent, ItemEvidence, ItemWithForms } from '../../../shared/api.ts'
import { readCode } from '../../../shared/epc/code.ts'
import { describeEpc } from '../../../shared/epc/describe.ts'
import { Fault } from '../../../shared/fault.ts'
import { Identifier } from '../../../shared/identifier.ts'
import { maySee, sitesSeen } from '../access.ts'
import { pageOf, pageRequest, paging } from '../paging.ts'
import type { Api, HttpParts } from '../parts.ts'

const tags = ['items']
/** Longest code: a Digital Link with attributes. */
const longestCode = 512
/** One item, in any form that is read. */
export const itemCode = z
  .string()
  .max(longestCode)
  .refine((code) => readCode(code).ok, 'must be an EPC in hex, an EPC URI, a GS1 Digital Link or a GS1 barcode')
  .describe('hex, tag URI, pure identity, Digital Link, or GS1 elements such as (01)…(21)…')
const params = z.strictObject({ epc: itemCode })

/** Where things are, since when, how sure, why; and where they have been. */
export function itemRoutes(app: Api, { inventory }: HttpParts): void {
  app.get(
    '/api/v1/sites/:site/items',
    {
      schema: {
        summary: 'Find items',
        tags,
        params: z.strictObject({ site: Identifier }),
        querystring: z.strictObject({
          q: z
            .string()
            .min(1)
            .max(longestCode)
            .optional()
            .describe('any part of EPC, SKU, slot or zone, any case; or a whole code, as at /items/{epc}, or a GTIN'),
          ...paging,
        }),
        response: { 200: pageOf(Item) },
      },
    },
    async ({ params: { site }, query: { q, ...page } }) => inventory.items(site, q, pageRequest(page)),
  )
  app.get(
    '/api/v1/items/:epc',
    { schema: { summary: 'Where an item is now', tags, params, response: { 200: ItemWithForms } } },
    async (request) => {
      const item = await itemFor(request, request.params.epc)
      return { ...item, forms: describeEpc(item.epc) }
    },
  )
  app.get(
    '/api/v1/items/:epc/history',
    {
      schema: {
        summary: 'What happened to an item, newest first',
        tags,
        params,
        querystring: z.strictObject(paging),
        response: { 200: pageOf(ItemEvent) },
      },
    },
    async (request) => {
      const { epc } = await itemFor(request, request.params.epc)
      return inventory.history(epc, sitesSeen(request), pageRequest(request.query))
    },
  )

  app.get(
    '/api/v1/sites/:site/items/:epc/evidence',
    {
      schema: {
        summary: 'Why an item is held to be where it is: which reads, which rule, what would change it',
        tags,
        params: z.strictObject({ site: Identifier, epc: itemCode }),
        response: { 200: ItemEvidence },
      },
    },
    async (request) => {
      const { site } = request.params
      const { epc } = await itemFor(request, request.params.epc)
      const evidence = await inventory.evidence(site, epc)
      if (evidence === undefined) throw new Fault('not-found', `Nobody has seen ${epc} on ${site}.`)
      return evidence
    },
  )

  /** An item on a site that the asker may not see is not found, like one that does not exist. */
  async function itemFor(request: FastifyRequest, code: string): Promise<Item> {
    const item = await inventory.item(code)
    if (item === undefined || !maySee(request, item.site)) throw new Fault('not-found', `Nobody has seen ${code} here.`)
    return item
  }
}
