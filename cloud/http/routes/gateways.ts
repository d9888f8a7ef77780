import { z } from 'zod'
import { GatewayState } from '../../../shared/api.ts'
import { Fault } from '../../../shared/fault.ts'
import { Identifier } from '../../../shared/identifier.ts'
import { maySee, requireRoleAt } from '../access.ts'
import { pageOf } from '../paging.ts'
import type { Api, HttpParts } from '../parts.ts'

const tags = ['gateways']
const address = { site: Identifier, gateway: Identifier }

/** Gateways: how they are, letting one in, shutting one out. */
export function gatewayRoutes(app: Api, { gateways, gatewayAccounts, broker, log }: HttpParts): void {
  app.get(
    '/api/v1/gateways',
    { schema: { summary: 'Gateways of the sites that you may see', tags, response: { 200: pageOf(GatewayState) } } },
    async (request) => ({ items: (await gateways.gateways()).filter(({ site }) => maySee(request, site)), next: null }),
  )
  app.post(
    '/api/v1/gateways',
    {
      schema: {
        summary: 'Make credentials for a gateway; the secret is shown this once',
        tags,
        body: z.strictObject(address),
        response: { 201: z.object({ ...address, username: z.string(), secret: z.string() }) },
      },
    },
    async (request, reply) => {
      const { site, gateway } = request.body
      request.audited = { site, subject: gateway }
      requireRoleAt(request, site)
      const { secret } = gatewayAccounts.addGateway({ site, gateway })
      log.info({ site, gateway, by: request.identity?.name }, 'gateway credentials made')
      return reply.code(201).send({ site, gateway, username: `${site}/${gateway}`, secret })
    },
  )
  app.delete(
    '/api/v1/gateways/:gateway',
    {
      schema: {
        summary: 'Revoke a gateway, its live session included',
        tags,
        params: z.strictObject({ gateway: Identifier }),
        querystring: z.strictObject({ site: Identifier }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { site } = request.query
      const { gateway } = request.params
      requireRoleAt(request, site)
      if (!gatewayAccounts.revoke({ site, gateway })) {
        throw new Fault('not-found', `There is no gateway "${gateway}" on site "${site}".`)
      }
      await broker.disconnect({ site, gateway })
      log.info({ site, gateway, by: request.identity?.name }, 'gateway revoked')
      return reply.code(204).send(null)
    },
  )
}
