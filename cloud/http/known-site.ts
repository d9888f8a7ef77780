import { Fault } from '../../shared/fault.ts'
import type { Api, HttpParts } from './parts.ts'

/**
 * A misspelt site is not an empty one: routes below a site answer 404 unless it has a map or a gateway. Publishing
 * a map is how a site begins, so that one passes.
 */
export function refuseUnknownSites(app: Api, { inventory, gateways, push }: HttpParts): void {
  app.addHook('preHandler', async (request) => {
    const { params, method, routeOptions } = request
    if (!routeOptions.url?.startsWith('/api/v1/sites/:site/')) return
    if (method === 'PUT' && routeOptions.url.endsWith('/map')) return
    const { site } = params as { readonly site: string }
    // Boards know the site from memory; asking for the map brings all of it from another thread, for every request.
    if (push.map(site) !== undefined) return
    if ((await inventory.map(site)) !== undefined) return
    if ((await gateways.gateways()).some((gateway) => gateway.site === site)) return
    throw new Fault('not-found', `There is no site "${site}".`)
  })
}
