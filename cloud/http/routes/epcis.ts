import { z } from 'zod'
import { EpcisQueryDocument, epcisContext } from '../../../shared/epcis.ts'
import { Identifier } from '../../../shared/identifier.ts'
import { eventOf } from '../../epcis/event.ts'
import { pageRequest, paging } from '../paging.ts'
import type { Api, HttpParts } from '../parts.ts'
import { itemCode } from './items.ts'

const Instant = z.iso.datetime({ offset: true })

/** The movement ledger for trading partners and their programs, as events of EPCIS 2.0. */
export function epcisRoutes(app: Api, { inventory, clock }: HttpParts): void {
  app.get(
    '/api/v1/sites/:site/epcis/events',
    {
      schema: {
        summary:
          'Movements and packing as EPCIS 2.0 events (JSON-LD), in the order in which they were entered; the next page is in ' +
          'the Link header',
        tags: ['goods'],
        params: z.strictObject({ site: Identifier }),
        querystring: z.strictObject({
          epc: itemCode.optional().describe('only events that name it, as object, parent or child'),
          from: Instant.optional().describe('of eventTime, inclusive'),
          to: Instant.optional().describe('of eventTime, exclusive'),
          ...paging,
        }),
        response: { 200: EpcisQueryDocument },
      },
    },
    async (request, reply) => {
      const { site } = request.params
      const { epc: code, from, to, ...page } = request.query
      const [epc = undefined] = code === undefined ? [] : await inventory.named([code])
      const filter = {
        ...(code !== undefined && { epc: epc ?? code }),
        fromMs: from === undefined ? 0 : Date.parse(from),
        toMs: to === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(to),
      }
      const timeZone = (await inventory.map(site))?.timeZone ?? 'UTC'
      const { items, next } = await inventory.movements(site, filter, pageRequest(page))
      if (next !== null) {
        const query = new URLSearchParams({
          ...(code !== undefined && { epc: code }),
          ...(from !== undefined && { from }),
          ...(to !== undefined && { to }),
          limit: String(page.limit),
          cursor: next,
        })
        reply.header('link', `<?${query.toString()}>; rel="next"`)
      }
      return {
        '@context': [epcisContext],
        type: 'EPCISQueryDocument' as const,
        schemaVersion: '2.0' as const,
        creationDate: new Date(clock.now()).toISOString(),
        epcisBody: {
          queryResults: {
            queryName: 'SimpleEventQuery' as const,
            resultsBody: { eventList: items.map((told) => eventOf(told, site, timeZone)) },
          },
        },
      }
    },
  )
}
