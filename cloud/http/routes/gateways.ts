import { z } from 'zod'
import { GatewayState, Iso, iso } from '../../../shared/api.ts'
import { Fault } from '../../../shared/fault.ts'
import { Identifier } from '../../../shared/identifier.ts'
import { maySee, requireRoleAt } from '../access.ts'
import { pageOf } from '../paging.ts'
import type { Api, HttpParts } from '../parts.ts'

const tags = ['gateways']
const address = { site: Identifier, gateway: Identifier }

/** Gateways: how they are, letting one in, shutting one out. */
export function gatewayRoutes(app: Api, { gateways, gatewayAccounts, broker }: HttpParts): void {
  app.get(
    '/api/v1/gateways',
    { schema: { summary: 'Gateways of the sites that you may see', tags, response: { 200: pageOf(GatewayState) } } },
    async (request) => ({ items: (await gateways.gateways()).filter(({ site }) => maySee(request, site)), next: null }),
  )
  app.post(
    '/api/v1/gateways',
    {
      schema: {
        summary: 'Let a gateway in: a token with which it fetches its secret, once, shown this once',
        tags,
        body: z.strictObject(address),
        response: { 201: z.object({ ...address, claim: z.string(), expiresAt: Iso }) },
      },
    },
    async (request, reply) => {
      const { site, gateway } = request.body
      request.audited = { site, subject: gateway }
      requireRoleAt(request, site)
      const { token, expiresAt } = gatewayAccounts.makeClaim({ site, gateway })
      return reply.code(201).send({ site, gateway, claim: token, expiresAt: iso(expiresAt) })
    },
  )
  app.post(
    '/api/v1/claims',
    {
      schema: {
        summary: 'A gateway fetches its secret with its claim token; `warepulse gateway claim` does this',
        tags,
        body: z.strictObject({ token: z.string().min(1).max(128) }),
        response: { 201: z.object({ ...address, username: z.string(), secret: z.string() }) },
      },
      // The token is 256 random bits; this keeps guessing out of the audit and off the database.
      config: { rateLimit: { max: 10, timeWindow: 60_000, keyGenerator: (request) => `claim ${request.ip}` } },
    },
    async (request, reply) => {
      const claimed = gatewayAccounts.claim(request.body.token)
      if (claimed === undefined)
        throw new Fault('not-allowed', 'This claim token is unknown, used, or older than a day. Ask for a new one.')
      const { site, gateway, secret } = claimed
      request.audited = { site, subject: gateway }
      return reply.code(201).send({ site, gateway, username: `${site}/${gateway}`, secret })
    },
  )
  app.post(
    '/api/v1/gateways/:gateway/rotate',
    {
      schema: {
        summary: 'A new secret; the old one is good until the new one is used, for a week at most',
        tags,
        params: z.strictObject({ gateway: Identifier }),
        querystring: z.strictObject({ site: Identifier }),
        response: { 201: z.object({ ...address, username: z.string(), secret: z.string(), oldUntil: Iso }) },
      },
    },
    async (request, reply) => {
      const { site } = request.query
      const { gateway } = request.params
      requireRoleAt(request, site)
      const rotated = gatewayAccounts.rotate({ site, gateway })
      if (rotated === undefined) throw unknownGateway(site, gateway)
      const { secret, oldUntil } = rotated
      return reply.code(201).send({ site, gateway, username: `${site}/${gateway}`, secret, oldUntil: iso(oldUntil) })
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
        throw unknownGateway(site, gateway)
      }
      await broker.disconnect({ site, gateway })
      return reply.code(204).send(null)
    },
  )
}

function unknownGateway(site: string, gateway: string): Fault {
  return new Fault('not-found', `There is no gateway "${gateway}" on site "${site}".`)
}
