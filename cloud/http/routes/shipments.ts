import { z } from 'zod'
import { objectOf } from '../../../shared/epc/object-of.ts'
import { Fault } from '../../../shared/fault.ts'
import { Identifier } from '../../../shared/identifier.ts'
import {
  AnnouncedShipment,
  isEnded,
  ShipmentDetail,
  ShipmentSummary,
  WithoutOrderRow,
} from '../../../shared/shipment.ts'
import { accepted, acceptedBy } from '../accepted.ts'
import { byOf } from '../access.ts'
import { checkShipment, isSameShipment } from '../check-shipment.ts'
import { pageOf, pageRequest, paging } from '../paging.ts'
import type { Api, HttpParts } from '../parts.ts'
import { InputFault } from '../problem.ts'

const tags = ['shipments']
const params = z.strictObject({ site: Identifier })
const paramsOfOne = params.extend({ shipment: Identifier })
/** Every board of the site holds them all. */
export const mostOpenShipments = 1000

const Scans = z.strictObject({
  codes: z
    .array(z.string().min(1).max(512))
    .min(1)
    .max(1000)
    .describe('EPCs in hex, barcodes with a serial, pallet labels, Digital Links'),
  at: z.iso.datetime({ offset: true }).optional().describe('when they were scanned, default now'),
})
const Scanned = z.object({
  unusable: z.array(z.string()).readonly().describe('codes that name no one object'),
  again: z
    .array(z.string())
    .readonly()
    .describe('codes of what was counted before, by a scan or at a gate, for this shipment or for another open one'),
  notAnnounced: z.array(z.string()).readonly().describe('codes of what no line of the shipment expects'),
  offset: z.int().describe('of the entry in the journal'),
})

/** What is expected to come in and to go out, and what of it has passed the gate. */
export function shipmentRoutes(app: Api, { goods, inventory, journal, clock }: HttpParts): void {
  app.post(
    '/api/v1/sites/:site/shipments',
    {
      bodyLimit: 1024 * 1024,
      schema: {
        summary:
          'Announce a shipment, also by what is on which pallet; again under the same number it replaces what was announced, until it has ended',
        tags,
        params,
        body: AnnouncedShipment,
        response: { 202: accepted },
      },
    },
    async (request, reply) => {
      const { site } = request.params
      const shipment = request.body
      const errors = checkShipment(shipment, await inventory.map(site))
      if (errors.length > 0) throw new InputFault('The shipment does not fit the site.', errors.slice(0, 100))
      const [known] = await goods.announced(site, [shipment.shipment])
      if (known?.ended === true && !isSameShipment(known.shipment, shipment))
        throw new Fault('conflict', `Shipment ${shipment.shipment} has ended: announce it under another number.`)
      if (known === undefined && (await goods.openShipments(site)) >= mostOpenShipments)
        throw new Fault('conflict', `${mostOpenShipments} shipments are open: close or cancel some first.`)
      const record = { kind: 'shipment', at: clock.now(), by: byOf(request), shipment } as const
      return acceptedBy(reply, await journal.appendOwn(site, [record]))
    },
  )
  app.get(
    '/api/v1/sites/:site/shipments',
    {
      schema: {
        summary: 'Shipments, the one due first first',
        tags,
        params,
        querystring: z.strictObject({
          state: z.enum(['open', 'expected', 'underway', 'closed', 'cancelled']).optional(),
          direction: z.enum(['in', 'out']).optional(),
          ...paging,
        }),
        response: { 200: pageOf(ShipmentSummary) },
      },
    },
    async ({ params: { site }, query: { state, direction, ...page } }) =>
      goods.shipments(site, { state, direction }, pageRequest(page)),
  )
  app.get(
    '/api/v1/sites/:site/shipments/:shipment',
    {
      schema: {
        summary:
          'A shipment line by line: expected, seen, short, over, and how many of those seen are there because their pallet is',
        tags,
        params: paramsOfOne,
        response: { 200: ShipmentDetail },
      },
    },
    async ({ params: { site, shipment } }) => found(site, shipment),
  )
  for (const [act, as, summary] of [
    ['close', 'closed', 'It is here, or gone: what passes from now on belongs to it no more'],
    ['cancel', 'cancelled', 'It will not come: what passed belongs to others'],
  ] as const) {
    app.post(
      `/api/v1/sites/:site/shipments/:shipment/${act}`,
      { schema: { summary, tags, params: paramsOfOne, response: { 202: accepted } } },
      async (request, reply) => {
        const { site, shipment } = request.params as z.infer<typeof paramsOfOne>
        if (isEnded(await found(site, shipment))) throw new Fault('conflict', `Shipment ${shipment} has ended already.`)
        const record = { kind: 'shipment-ended', at: clock.now(), by: byOf(request), shipment, as } as const
        return acceptedBy(reply, await journal.appendOwn(site, [record]))
      },
    )
  }
  app.post(
    '/api/v1/sites/:site/shipments/:shipment/scans',
    {
      schema: {
        summary:
          'What was scanned by hand as it came or went: counts like a passage through the gate, once for each object',
        tags,
        params: paramsOfOne,
        body: Scans,
        response: { 202: Scanned },
      },
    },
    async (request, reply) => {
      const { site, shipment } = request.params
      const { codes, at } = request.body
      if (isEnded(await found(site, shipment))) throw new Fault('conflict', `Shipment ${shipment} has ended already.`)
      const now = clock.now()
      const scannedAt = at === undefined ? now : Math.min(Date.parse(at), now)
      const unusable = codes.filter((code) => objectOf(code) === undefined)
      const standings = await goods.scanStandings(site, shipment, codes, scannedAt)
      const again = codes.filter((_code, place) => standings[place] === 'again')
      const notAnnounced = codes.filter((_code, place) => standings[place] === 'not-announced')
      const record = { kind: 'shipment-scanned', at: scannedAt, by: byOf(request), shipment, codes } as const
      return reply.code(202).send({ unusable, again, notAnnounced, offset: await journal.appendOwn(site, [record]) })
    },
  )
  app.get(
    '/api/v1/sites/:site/without-order',
    {
      schema: {
        summary: 'What went out in the last days and no open shipment expected, newest first',
        tags,
        params,
        querystring: z.strictObject(paging),
        response: { 200: pageOf(WithoutOrderRow) },
      },
    },
    async ({ params: { site }, query }) => goods.withoutOrder(site, pageRequest(query)),
  )

  async function found(site: string, shipment: string): Promise<ShipmentDetail> {
    const detail = await goods.shipment(site, shipment)
    if (detail === undefined) throw new Fault('not-found', `There is no shipment ${shipment}.`)
    return detail
  }
}
