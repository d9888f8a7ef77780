import { z } from 'zod'
import { Fault } from '../../../shared/fault.ts'
import { Identifier } from '../../../shared/identifier.ts'
import { OperatorAreas } from '../../../shared/operator-area.ts'
import { accepted, acceptedBy } from '../accepted.ts'
import { byOf } from '../access.ts'
import type { Api, HttpParts } from '../parts.ts'
import type { PublishMap } from '../publish-map.ts'

const path = '/api/v1/sites/:site/areas'
const tags = ['sites']
const params = z.strictObject({ site: Identifier })
const version = z.int().min(1)
const answer = z.object({ version: version.describe('of the map'), areas: OperatorAreas })

/** Which zones one operator answers for. They are part of the map: to change them is to publish a new version of it. */
export function operatorAreaRoutes(app: Api, { inventory }: HttpParts, publish: PublishMap): void {
  app.get(
    path,
    {
      schema: {
        summary: 'Operator areas: zones that one operator answers for',
        tags,
        params,
        response: { 200: answer },
      },
    },
    async ({ params: { site } }) => {
      const map = await mapOf(site)
      return { version: map.version, areas: map.areas ?? [] }
    },
  )
  app.put(
    path,
    {
      schema: {
        summary: 'Set the operator areas; a zone that none names is one by itself',
        tags,
        params,
        body: z.strictObject({
          version: version.optional().describe('of the map that the change was made on: with another in force, 409'),
          areas: OperatorAreas,
        }),
        response: { 202: accepted },
      },
    },
    async (request, reply) => {
      const map = await mapOf(request.params.site)
      const { version: madeOn = map.version } = request.body
      if (madeOn !== map.version)
        throw new Fault('conflict', `The map has version ${map.version} now, and these areas were made on ${madeOn}.`)
      const next = { ...map, version: map.version + 1, areas: request.body.areas }
      return acceptedBy(reply, await publish(map.site, next, byOf(request)))
    },
  )

  async function mapOf(site: string) {
    const map = await inventory.map(site)
    if (map === undefined) throw new Fault('not-found', `There is no map of a site "${site}": publish one first.`)
    return map
  }
}
