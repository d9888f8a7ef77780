import { z } from 'zod'
import { WallScreen } from '../../../shared/api.ts'
import { Fault } from '../../../shared/fault.ts'
import { Identifier } from '../../../shared/identifier.ts'
import { roleAt } from '../../accounts/roles.ts'
import { pageOf } from '../paging.ts'
import type { Api, HttpParts } from '../parts.ts'

const tags = ['walls']
const params = z.strictObject({ site: Identifier })

/** Wall screens: each has its own link that sees one site, changes nothing, and holds until it is ended. */
export function wallRoutes(app: Api, { people }: HttpParts): void {
  const wallsOf = (site: string) => people.walls().filter((wall) => roleAt(wall, site) !== undefined)
  app.get(
    '/api/v1/sites/:site/walls',
    { schema: { summary: 'Wall screens of a site', tags, params, response: { 200: pageOf(WallScreen) } } },
    async ({ params: { site } }) => ({ items: wallsOf(site).map(({ id, name }) => ({ id, name })), next: null }),
  )
  app.post(
    '/api/v1/sites/:site/walls',
    {
      schema: {
        summary: 'Make a link for a wall screen',
        tags,
        params,
        body: z.strictObject({ name: Identifier }),
        response: { 201: WallScreen.extend({ key: z.string().describe('shown once: `/wall/{name}#k={key}`') }) },
      },
    },
    async (request, reply) => {
      const { name } = request.body
      const { secret, identity } = people.makeWall({ name, site: request.params.site })
      return reply.code(201).send({ id: identity.id, name, key: secret })
    },
  )
  app.delete(
    '/api/v1/sites/:site/walls/:id',
    {
      schema: {
        summary: 'End a wall screen: it goes dark within seconds',
        tags,
        params: params.extend({ id: z.string().regex(/^[0-9a-f]{16}$/) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { site, id } = request.params
      if (!wallsOf(site).some((wall) => wall.id === id)) throw new Fault('not-found', `There is no wall screen ${id}.`)
      people.end(id)
      return reply.code(204).send(null)
    },
  )
}
