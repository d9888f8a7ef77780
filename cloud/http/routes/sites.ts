import { z } from 'zod'
import { SiteSummary, SlotState } from '../../../shared/api.ts'
import { Fault } from '../../../shared/fault.ts'
import { Identifier } from '../../../shared/identifier.ts'
import { SiteMap, supersedes } from '../../../shared/site-map.ts'
import { starterRules } from '../../alerts/starter-rules.ts'
import { accepted, acceptedBy } from '../accepted.ts'
import { byOf, maySee } from '../access.ts'
import { checkMap } from '../check-map.ts'
import { pageOf, pageRequest, paging } from '../paging.ts'
import type { Api, HttpParts } from '../parts.ts'
import { InputFault } from '../problem.ts'

const tags = ['sites']
const params = z.strictObject({ site: Identifier })

/** Sites, their maps and the state of their slots. */
export function siteRoutes(app: Api, { inventory, alerts, journal, clock }: HttpParts): void {
  /** What was promised to be published: the read model knows it only a moment later. */
  const promised = new Map<string, number>()
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
    async (request, reply) => {
      const { site } = request.params
      const map = request.body
      const errors = [
        ...(map.site === site ? [] : [{ path: 'site', message: `the path says "${site}"` }]),
        ...checkMap(map),
      ]
      if (errors.length > 0) throw new InputFault('The map does not fit together.', errors.slice(0, 100))
      const before = promised.get(site)
      const present = Math.max((await inventory.map(site))?.version ?? 0, before ?? 0)
      if (!supersedes(map, present)) {
        throw new Fault('conflict', `Version ${present} is in force: publish a higher one than ${map.version}.`)
      }
      promised.set(site, map.version)
      try {
        const at = clock.now()
        const by = byOf(request)
        const isNew = present === 0 && !(await alerts.rules()).some((rule) => rule.site === site)
        const rules = isNew ? starterRules(site).map((rule) => ({ kind: 'rule' as const, at, by, rule })) : []
        return acceptedBy(reply, await journal.appendOwn(site, [{ kind: 'map', at, by, map }, ...rules]))
      } catch (thrown) {
        if (promised.get(site) === map.version) promised.set(site, before ?? 0)
        throw thrown
      }
    },
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
