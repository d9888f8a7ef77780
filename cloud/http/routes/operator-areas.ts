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
const answer = z.object({ areas: OperatorAreas })

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
    async ({ params: { site } }) => ({ areas: (await mapOf(site)).areas ?? [] }),
  )
  app.put(
    path,
    {
      schema: {
        summary: 'Set the operator areas; a zone that none names is one by itself',
        tags,
        params,
        body: z.strictObject({ areas: OperatorAreas }),
        response: { 202: accepted },
      },
    },
    async (request, reply) => {
      const map = await mapOf(request.params.site)
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
