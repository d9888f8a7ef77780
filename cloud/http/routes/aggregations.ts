import { z } from 'zod'
import { Aggregation, PackedUnit, ProposedAggregation } from '../../../shared/aggregation.ts'
import { isUnit } from '../../../shared/epc/object-of.ts'
import { Fault } from '../../../shared/fault.ts'
import type { Flaw } from '../../../shared/flaw.ts'
import { EpcHex, Identifier } from '../../../shared/identifier.ts'
import { byOf } from '../access.ts'
import { flawed } from '../csv-table.ts'
import { pageOf, paging } from '../paging.ts'
import type { Api, HttpParts } from '../parts.ts'
import { InputFault } from '../problem.ts'
import { itemCode } from './items.ts'

const tags = ['goods']
const params = z.strictObject({ site: Identifier })
/** More are told in several records. */
const mostInARecord = 1000
/** What is told later is history, and moves no stock. */
const correctedForMs = 7 * 86_400_000

const Told = z.strictObject({
  parent: itemCode.describe('a logistic unit: its SSCC, or the EPC of its tag'),
  children: z
    .array(itemCode)
    .min(1)
    .max(mostInARecord)
    .optional()
    .describe('what was put on it or taken off, each once; left out with `delete`: everything that is on it'),
  act: z
    .enum(['add', 'delete', 'reject'])
    .default('add')
    .describe('add: packed on it; delete: taken off; reject: it is not on it, although both moved together'),
  at: z.iso.datetime({ offset: true }).optional().describe('when it was done, default now; a week ago at most'),
})
const Taken = z.object({
  parent: EpcHex,
  children: z.array(EpcHex).readonly(),
  offset: z.int().describe('of the entry in the journal'),
})

/** What is packed on what, told by people and machines; and what they are asked about. */
export function aggregationRoutes(app: Api, { inventory, journal, clock }: HttpParts): void {
  app.post(
    '/api/v1/sites/:site/aggregations',
    {
      schema: {
        summary: 'Tell what was packed on a logistic unit, or taken off: what is on it goes where it goes',
        tags,
        params,
        body: Told,
        response: { 202: Taken },
      },
    },
    async (request, reply) => {
      const { site } = request.params
      const { act, parent: unit, children: codes } = request.body
      const now = clock.now()
      const at = request.body.at === undefined ? now : Math.min(Date.parse(request.body.at), now)
      if (at < now - correctedForMs) throw new Fault('bad-input', 'That was more than a week ago: it moves no stock.')
      const [parent = null, ...named] = await inventory.named([unit, ...(codes ?? [])])
      if (parent === null || !isUnit(parent))
        throw new InputFault('This is no logistic unit.', [{ path: 'parent', ...flawed({ code: 'names-no-unit' }) }])
      if (codes === undefined && act !== 'delete')
        throw new InputFault('What was put on it?', [{ path: 'children', message: 'must name something' }])
      const errors = named.flatMap((epc, index) => {
        const flaw = flawOfChild(epc)
        return flaw === undefined ? [] : [{ path: `children.${index}`, ...flawed(flaw) }]
      })
      if (errors.length > 0) throw new InputFault('Some of them cannot be on a unit.', errors.slice(0, 100))
      const children =
        codes === undefined
          ? await inventory.packedBefore(site, parent, at)
          : [...new Set(named.filter((epc) => epc !== null))]
      if (children.length === 0) throw new Fault('bad-input', 'Nothing is packed on it.')
      const by = byOf(request)
      const records = Array.from({ length: Math.ceil(children.length / mostInARecord) }, (_, part) => {
        const some = children.slice(part * mostInARecord, (part + 1) * mostInARecord)
        return { kind: 'aggregation', at, by, act, parent, children: some } as const
      })
      return reply.code(202).send({ parent, children, offset: await journal.appendOwn(site, records) })
    },
  )
  app.get(
    '/api/v1/sites/:site/items/:epc/aggregation',
    {
      schema: {
        summary: 'The logistic unit that an item is packed on, and what is packed on it',
        tags,
        params: params.extend({ epc: itemCode }),
        response: { 200: Aggregation },
      },
    },
    async ({ params: { epc: code } }) => {
      const [epc = null] = await inventory.named([code])
      const found = epc === null ? undefined : await inventory.aggregation(epc)
      if (found === undefined) throw new Fault('not-found', `Nobody has heard of ${code} here.`)
      return found
    },
  )
  app.get(
    '/api/v1/sites/:site/aggregations',
    {
      schema: {
        summary: 'Logistic units on the site with something on them, the last packed first',
        tags,
        params,
        querystring: z.strictObject(paging),
        response: { 200: pageOf(PackedUnit) },
      },
    },
    async ({ params: { site }, query }) => pageBy(await inventory.packedUnits(site), ({ epc }) => epc, query),
  )
  app.get(
    '/api/v1/sites/:site/aggregations/proposed',
    {
      schema: {
        summary: 'What moved with a logistic unit again and again, for somebody to say whether it is packed on it',
        tags,
        params,
        querystring: z.strictObject(paging),
        response: { 200: pageOf(ProposedAggregation) },
      },
    },
    async ({ params: { site }, query }) =>
      pageBy(await inventory.proposedAggregations(site), ({ parent, child }) => `${parent} ${child}`, query),
  )
}

/** Why it cannot be packed on a unit. */
export function flawOfChild(epc: string | null): Flaw | undefined {
  if (epc === null) return { code: 'names-no-tag' }
  return isUnit(epc) ? { code: 'is-unit' } : undefined
}

/** One page of a list that is made anew for each. */
function pageBy<T>(
  all: readonly T[],
  keyOf: (row: T) => string,
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
) {
  const from = cursor === undefined ? 0 : all.findIndex((one) => keyOf(one) === cursor) + 1
  const items = all.slice(from, from + limit)
  const last = items.at(-1)
  return { items, next: last !== undefined && from + limit < all.length ? keyOf(last) : null }
}
