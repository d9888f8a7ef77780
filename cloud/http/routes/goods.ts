import { z } from 'zod'
import { Fault } from '../../../shared/fault.ts'
import { AgeRow, ExpectedRow, ItemFacts, MisplacedRow } from '../../../shared/goods.ts'
import { EpcHex, Identifier } from '../../../shared/identifier.ts'
import { pageOf, pageRequest, paging } from '../paging.ts'
import type { Api, HttpParts } from '../parts.ts'

const tags = ['goods']
const params = z.strictObject({ site: Identifier })
const sku = z.string().min(1).max(64)

/** What is known of goods, and what should be where against what is held to be there. */
export function goodsRoutes(app: Api, { goods }: HttpParts): void {
  app.get(
    '/api/v1/sites/:site/expected',
    {
      schema: {
        summary: 'What should lie in each slot, and what is seen there',
        tags,
        params,
        querystring: z.strictObject({
          slot: Identifier.optional(),
          sku: sku.optional(),
          differing: z.enum(['true', 'false']).default('false').describe('only rows that differ'),
          ...paging,
        }),
        response: { 200: pageOf(ExpectedRow) },
      },
    },
    async ({ params: { site }, query: { slot, sku, differing, ...page } }) =>
      goods.expected(site, { slot, sku, differing: differing === 'true' }, pageRequest(page)),
  )
  app.get(
    '/api/v1/sites/:site/misplaced',
    {
      schema: {
        summary: 'Items in a slot where their SKU is not expected, although it is elsewhere',
        tags,
        params,
        querystring: z.strictObject({
          doubtful: z
            .enum(['true', 'false'])
            .default('false')
            .describe('also those which a slot of theirs still hears about as well'),
          ...paging,
        }),
        response: { 200: pageOf(MisplacedRow) },
      },
    },
    async ({ params: { site }, query: { doubtful, ...page } }) =>
      goods.misplaced(site, { doubtful: doubtful === 'true' }, pageRequest(page)),
  )
  app.get(
    '/api/v1/sites/:site/ages',
    {
      schema: {
        summary: 'Items of a SKU, the one that has been here longest first',
        tags,
        params,
        querystring: z.strictObject({ sku, ...paging }),
        response: { 200: pageOf(AgeRow) },
      },
    },
    async ({ params: { site }, query: { sku, ...page } }) => {
      const rows = await goods.ages(site, sku, pageRequest(page))
      if (rows === 'too-many') throw new Fault('bad-input', `There are too many items of ${sku} to put them in order.`)
      return rows
    },
  )
  app.get(
    '/api/v1/sites/:site/items/:epc/facts',
    {
      schema: {
        summary: 'What is known of an item beside where it is, and where it belongs',
        tags,
        params: z.strictObject({ site: Identifier, epc: EpcHex }),
        response: { 200: ItemFacts },
      },
    },
    async ({ params: { site, epc } }) => goods.itemFacts(site, epc),
  )
}
