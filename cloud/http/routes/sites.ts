import { z } from 'zod'
import { SiteSummary, SlotState } from '../../../shared/api.ts'
import { Fault } from '../../../shared/fault.ts'
import { Identifier } from '../../../shared/identifier.ts'
import { SiteMap } from '../../../shared/site-map.ts'
import { accepted, acceptedBy } from '../accepted.ts'
import { byOf, maySee } from '../access.ts'
import { pageOf, pageRequest, paging } from '../paging.ts'
import type { Api, HttpParts } from '../parts.ts'
import { mapPublisher } from '../publish-map.ts'
import { importMapRoutes } from './import-map.ts'
import { mapDraftRoutes } from './map-draft.ts'
import { operatorAreaRoutes } from './operator-areas.ts'

const tags = ['sites']
const params = z.strictObject({ site: Identifier })

/** Sites, their maps and the state of their slots. */
export function siteRoutes(app: Api, parts: HttpParts): void {
  const { inventory } = parts
  const publish = mapPublisher(parts)
  mapDraftRoutes(app, parts, publish)
  importMapRoutes(app, parts, publish)
  operatorAreaRoutes(app, parts, publish)
  app.get(
    '/api/v1/sites',
    { schema: { summary: 'Sites that you may see', tags, response: { 200: pageOf(SiteSummary) } } },
    async (request) => ({ items: (await inventory.sites()).filter(({ site }) => maySee(request, site)), next: null }),
  )
  app.get(
    '/api/v1/sites/:site/map',
    { schema: { summary: 'The map in force', tags, params, response: { 200: SiteMap } } },
    async ({ params: { site } }) => {
      const map = await inventory.map(site)
      if (map === undefined) throw new Fault('not-found', `There is no map of a site "${site}".`)
      return map
    },
  )
  app.put(
    '/api/v1/sites/:site/map',
    {
      // 100,000 slots are about 8 MiB.
      bodyLimit: 16 * 1024 * 1024,
      schema: {
        summary: 'Publish a new version of the map; makes the site if there is none',
        tags,
        params,
        body: SiteMap,
        response: { 202: accepted },
      },
    },
    async (request, reply) => acceptedBy(reply, await publish(request.params.site, request.body, byOf(request))),
  )
  app.get(
    '/api/v1/sites/:site/slots',
    {
      schema: {
        summary: 'State of every slot',
        tags,
        params,
        querystring: z.strictObject({ zone: Identifier.optional(), ...paging }),
        response: { 200: pageOf(SlotState) },
      },
    },
    async ({ params: { site }, query: { zone, ...page } }) =>
      inventory.slots(site, zone === undefined ? {} : { zone }, pageRequest(page)),
  )
}
