import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Fault } from '../../shared/fault.ts'
import { everySite, type Identity, isAtLeast, type Role, roleAnywhere, roleAt } from '../accounts/roles.ts'
import { problem } from './problem.ts'
import { isSameOrigin } from './same-origin.ts'

/** The least role for every route of the API. A route that is not in it does not start. */
export const leastRoles: Readonly<Record<string, Role | 'anyone'>> = {
  'POST /api/v1/session': 'anyone',
  'GET /api/v1/session': 'viewer',
  'DELETE /api/v1/session': 'viewer',
  'PUT /api/v1/session/password': 'viewer',
  'GET /api/v1/people': 'admin',
  'PUT /api/v1/people/:name': 'admin',
  'DELETE /api/v1/people/:name': 'admin',
  'GET /api/v1/tokens': 'admin',
  'POST /api/v1/tokens': 'admin',
  'DELETE /api/v1/tokens/:id': 'admin',
  'GET /api/v1/sites': 'viewer',
  'GET /api/v1/sites/:site/map': 'viewer',
  'PUT /api/v1/sites/:site/map': 'integrator',
  'GET /api/v1/sites/:site/areas': 'viewer',
  'PUT /api/v1/sites/:site/areas': 'integrator',
  'GET /api/v1/sites/:site/map/draft': 'integrator',
  'PUT /api/v1/sites/:site/map/draft': 'integrator',
  'DELETE /api/v1/sites/:site/map/draft': 'integrator',
  'POST /api/v1/sites/:site/map/draft/publish': 'integrator',
  'GET /api/v1/sites/:site/slots': 'viewer',
  'GET /api/v1/sites/:site/slots/:slot/evidence': 'viewer',
  'GET /api/v1/sites/:site/unknown-tags': 'viewer',
  'GET /api/v1/sites/:site/stock': 'viewer',
  'GET /api/v1/sites/:site/items': 'viewer',
  'GET /api/v1/sites/:site/items/:epc/evidence': 'viewer',
  'GET /api/v1/sites/:site/items/:epc/facts': 'viewer',
  'GET /api/v1/sites/:site/items/:epc/aggregation': 'viewer',
  'GET /api/v1/sites/:site/aggregations': 'viewer',
  'GET /api/v1/sites/:site/aggregations/proposed': 'viewer',
  'GET /api/v1/sites/:site/epcis/events': 'viewer',
  'POST /api/v1/sites/:site/aggregations': 'floor',
  'POST /api/v1/sites/:site/import/aggregations': 'supervisor',
  'GET /api/v1/sites/:site/series': 'viewer',
  'GET /api/v1/sites/:site/series.csv': 'viewer',
  'GET /api/v1/sites/:site/series/latest': 'viewer',
  'GET /api/v1/sites/:site/series/zones': 'viewer',
  'GET /api/v1/sites/:site/series/excursions': 'viewer',
  'GET /api/v1/sites/:site/series/excursions/slots': 'viewer',
  'GET /api/v1/sites/:site/series/excursions/items/:epc': 'viewer',
  'GET /api/v1/sites/:site/hearing': 'viewer',
  'GET /api/v1/sites/:site/power': 'viewer',
  'PUT /api/v1/sites/:site/power/:gateway/:reader/:antenna': 'integrator',
  'POST /api/v1/sites/:site/power/:gateway/:reader/:antenna/trial': 'integrator',
  'DELETE /api/v1/sites/:site/power/:gateway/:reader/:antenna/trial': 'integrator',
  'GET /api/v1/sites/:site/gaps': 'viewer',
  'GET /api/v1/sites/:site/set-aside': 'viewer',
  'GET /api/v1/sites/:site/alerts': 'viewer',
  'GET /api/v1/sites/:site/alerts/report': 'viewer',
  'GET /api/v1/sites/:site/board/snapshot': 'viewer',
  'GET /api/v1/sites/:site/board/map': 'viewer',
  'GET /api/v1/sites/:site/board/trend': 'viewer',
  'GET /api/v1/sites/:site/board/as-of': 'viewer',
  'GET /api/v1/sites/:site/walls': 'supervisor',
  'POST /api/v1/sites/:site/walls': 'supervisor',
  'DELETE /api/v1/sites/:site/walls/:id': 'supervisor',
  'POST /api/v1/sites/:site/import/items': 'integrator',
  'POST /api/v1/sites/:site/import/slots': 'integrator',
  'POST /api/v1/sites/:site/import/skus': 'integrator',
  'POST /api/v1/sites/:site/import/expected': 'integrator',
  'POST /api/v1/sites/:site/import/shipments': 'supervisor',
  'GET /api/v1/sites/:site/shipments': 'viewer',
  'POST /api/v1/sites/:site/shipments': 'supervisor',
  'GET /api/v1/sites/:site/shipments/:shipment': 'viewer',
  'POST /api/v1/sites/:site/shipments/:shipment/close': 'floor',
  'POST /api/v1/sites/:site/shipments/:shipment/scans': 'floor',
  'POST /api/v1/sites/:site/shipments/:shipment/cancel': 'supervisor',
  'GET /api/v1/sites/:site/without-order': 'viewer',
  'GET /api/v1/sites/:site/expected': 'viewer',
  'GET /api/v1/sites/:site/misplaced': 'viewer',
  'GET /api/v1/sites/:site/ages': 'viewer',
  'POST /api/v1/sites/:site/counts': 'floor',
  'GET /api/v1/items/:epc': 'viewer',
  'GET /api/v1/items/:epc/history': 'viewer',
  'GET /api/v1/alerts/:id': 'viewer',
  'GET /api/v1/alerts/:id/acts': 'viewer',
  'POST /api/v1/alerts/:id/acknowledge': 'floor',
  'POST /api/v1/alerts/:id/shelve': 'supervisor',
  'POST /api/v1/alerts/:id/unshelve': 'supervisor',
  'POST /api/v1/alerts/:id/assign': 'floor',
  'POST /api/v1/alerts/:id/comment': 'floor',
  'POST /api/v1/alerts/:id/clear': 'supervisor',
  'GET /api/v1/sites/:site/notices': 'viewer',
  'GET /api/v1/sites/:site/channels': 'supervisor',
  'PUT /api/v1/sites/:site/channels/:id': 'integrator',
  'DELETE /api/v1/sites/:site/channels/:id': 'integrator',
  'POST /api/v1/sites/:site/channels/:id/test': 'supervisor',
  'GET /api/v1/sites/:site/deliveries': 'supervisor',
  'GET /api/v1/sites/:site/deliveries/:id/attempts': 'supervisor',
  'POST /api/v1/sites/:site/deliveries/:id/resend': 'supervisor',
  'GET /api/v1/sites/:site/maintenance': 'viewer',
  'PUT /api/v1/sites/:site/maintenance/:id': 'supervisor',
  'DELETE /api/v1/sites/:site/maintenance/:id': 'supervisor',
  'GET /api/v1/rules': 'viewer',
  'POST /api/v1/rules': 'supervisor',
  'POST /api/v1/rules/try': 'supervisor',
  'PUT /api/v1/rules/:id': 'supervisor',
  'DELETE /api/v1/rules/:id': 'supervisor',
  'GET /api/v1/audit': 'admin',
  'GET /api/v1/gateways': 'viewer',
  'POST /api/v1/gateways': 'integrator',
  'POST /api/v1/gateways/:gateway/rotate': 'integrator',
  'POST /api/v1/claims': 'anyone',
  'DELETE /api/v1/gateways/:gateway': 'integrator',
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; undefined: nobody that is known. */
    identity: Identity | undefined
  }
}

/** Gateways call it, with a token in the body; a cookie says nothing there. */
const withoutCookie = '/api/v1/claims'

export const harmless: readonly string[] = ['GET', 'HEAD', 'OPTIONS']

/**
 * Signed in, allowed, and (when a cookie speaks) sent from a page of ours: decided before a body is read. Of a site
 * on which somebody has no role they are told that there is none, so names cannot be tried out.
 */
export function guardRoutes(app: FastifyInstance, publicOrigins: readonly string[]): void {
  app.addHook('onRoute', (route) => {
    if (!route.url.startsWith('/api/')) return
    for (const method of [route.method].flat()) {
      if (leastOf(method, route.url) === undefined)
        throw new Fault('internal', `No role named for ${method} ${route.url}`)
    }
  })
  app.addHook('preParsing', async (request, reply) => {
    const { url } = request.routeOptions
    const least = url === undefined ? undefined : leastOf(request.method, url)
    if (least === undefined) return
    if (!harmless.includes(request.method) && request.identity?.via !== 'token' && url !== withoutCookie) {
      if (!isSameOrigin(request.headers, publicOrigins)) {
        throw new Fault('not-allowed', 'Changes are accepted from the board itself, or with an API token.')
      }
    }
    if (least === 'anyone') return
    if (request.identity === undefined) {
      const refusal = problem('not-allowed', { status: 401, title: 'Sign in first' })
      return reply.code(401).header('www-authenticate', 'Bearer').type('application/problem+json').send(refusal)
    }
    const site = siteOf(request)
    if (site !== undefined) requireRoleAt(request, site)
    else requireAnywhere(request.identity, least)
  })
}

/**
 * Throws unless the asker has the route's least role on this site: 404 without any role there, 403 with a lesser one.
 * For routes that learn only from the body or the thing itself which site they are about.
 */
export function requireRoleAt(request: FastifyRequest, site: string): void {
  const least = leastOf(request.method, request.routeOptions.url ?? '') ?? 'admin'
  const role = request.identity && roleAt(request.identity, site)
  if (role === undefined) throw new Fault('not-found', `There is no site "${site}".`)
  if (least !== 'anyone' && !isAtLeast(role, least)) throw needs(least, role)
}

export function maySee(request: FastifyRequest, site: string): boolean {
  return request.identity !== undefined && roleAt(request.identity, site) !== undefined
}

/** The sites that the asker may see. */
export function sitesSeen(request: FastifyRequest): readonly string[] | 'every' {
  const sites = (request.identity?.grants ?? []).map(({ site }) => site)
  return sites.includes(everySite) ? 'every' : sites
}

/** Written into the journal as who did it. */
export function byOf(request: FastifyRequest): string {
  return request.identity?.name ?? 'nobody'
}

function requireAnywhere(identity: Identity, least: Role): void {
  const role = roleAnywhere(identity)
  if (role === undefined || !isAtLeast(role, least)) throw needs(least, role)
}

function needs(least: Role, role: Role | undefined): Fault {
  return new Fault(
    'not-allowed',
    `This needs the role "${least}"; yours is ${role === undefined ? 'none' : `"${role}"`}.`,
  )
}

/** HEAD is allowed to whoever may GET. */
function leastOf(method: string, url: string): Role | 'anyone' | undefined {
  return leastRoles[`${method === 'HEAD' ? 'GET' : method} ${url}`]
}

function siteOf(request: FastifyRequest): string | undefined {
  const { params } = request
  if (typeof params !== 'object' || params === null || !('site' in params)) return undefined
  return typeof params.site === 'string' ? params.site : undefined
}
