import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Fault } from '../../../shared/fault.ts'
import { Identifier } from '../../../shared/identifier.ts'
import {
  AntennaPort,
  type AntennaPower,
  isLevel,
  notALevel,
  PowerDbm,
  ReaderPower,
  TrialSeconds,
  usualTrialSeconds,
} from '../../../shared/reader-power.ts'
import type { PowerAct } from '../../journal/own-record.ts'
import { accepted, acceptedBy } from '../accepted.ts'
import { byOf } from '../access.ts'
import { pageOf } from '../paging.ts'
import type { Api, HttpParts } from '../parts.ts'

const tags = ['gateways']
const path = '/api/v1/sites/:site/power/:gateway/:reader/:antenna'
const params = z.strictObject({
  site: Identifier,
  gateway: Identifier,
  reader: Identifier,
  antenna: z.coerce.number().pipe(AntennaPort),
})
type Params = z.infer<typeof params>

/**
 * Transmit power of readers. What is asked for here is journalled, and travels to the gateway as what shall be so; what
 * became of it is in the list.
 */
export function powerRoutes(app: Api, { gateways, inventory, journal, clock }: HttpParts): void {
  app.get(
    '/api/v1/sites/:site/power',
    {
      schema: {
        summary: 'Readers whose power can be set from here: what they can, what is asked, what is so',
        tags,
        params: z.strictObject({ site: Identifier }),
        response: { 200: pageOf(ReaderPower) },
      },
    },
    async ({ params: { site } }) => ({ items: [...(await gateways.power(site))], next: null }),
  )
  app.put(
    path,
    {
      schema: {
        summary: 'Keep a power for an antenna; a trial of it ends with that',
        tags,
        params,
        body: z.strictObject({
          dbm: PowerDbm.nullable().describe("null: as the gateway's own configuration says, again"),
        }),
        response: { 202: accepted },
      },
    },
    async (request, reply) => {
      const { dbm } = request.body
      const { antenna } = await found(request.params, dbm)
      return acceptedBy(reply, await act(request, request.params, antenna, { act: 'keep', dbm }))
    },
  )
  app.post(
    `${path}/trial`,
    {
      schema: {
        summary: 'Try a power for some seconds; then the gateway goes back by itself, whatever happens here',
        tags,
        params,
        body: z.strictObject({ dbm: PowerDbm, seconds: TrialSeconds.default(usualTrialSeconds) }),
        response: { 202: accepted },
      },
    },
    async (request, reply) => {
      const { dbm, seconds } = request.body
      const { reader, antenna } = await found(request.params, dbm)
      if (reader.link !== 'online')
        throw new Fault('conflict', `The gateway ${reader.gateway} is not connected: nothing can be tried there now.`)
      return acceptedBy(reply, await act(request, request.params, antenna, { act: 'try', dbm, seconds }))
    },
  )
  app.delete(
    `${path}/trial`,
    { schema: { summary: 'End a trial now', tags, params, response: { 202: accepted } } },
    async (request, reply) => {
      const { antenna } = await found(request.params, null)
      return acceptedBy(reply, await act(request, request.params, antenna, { act: 'back' }))
    },
  )

  /** The gateway decides; what it is known to refuse is refused here already. */
  async function found({ site, gateway, reader: id, antenna: port }: Params, dbm: number | null) {
    const readers = await gateways.power(site)
    const reader = readers.find((one) => one.gateway === gateway && one.reader === id)
    if (reader === undefined)
      throw new Fault('not-found', `The reader "${id}" of the gateway "${gateway}" does not take its power from here.`)
    const antenna = reader.antennas.find((one) => one.antenna === port)
    if (antenna === undefined) throw new Fault('not-found', `The reader "${id}" does not read with antenna ${port}.`)
    if (dbm !== null && !isLevel(reader.levelsDbm, dbm))
      throw new Fault('bad-input', `${id}: ${notALevel(reader.levelsDbm, dbm)}.`)
    if ((await inventory.map(site)) === undefined)
      throw new Fault('conflict', 'Publish a map of the site first: gateways are told with it.')
    return { reader, antenna }
  }

  function act(
    request: FastifyRequest,
    { site, gateway, reader, antenna }: Params,
    before: AntennaPower,
    done: Pick<z.infer<typeof PowerAct>, 'act' | 'dbm' | 'seconds'>,
  ): Promise<number> {
    const { dbm, from, kept } = before
    request.audited = { detail: JSON.stringify({ before: { dbm, from, kept: kept?.dbm ?? null }, ...done }) }
    return journal.appendOwn(site, [
      { kind: 'power', at: clock.now(), by: byOf(request), gateway, reader, antenna, ...done },
    ])
  }
}
