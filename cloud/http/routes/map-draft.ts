import { z } from 'zod'
import { Fault } from '../../../shared/fault.ts'
import { Identifier } from '../../../shared/identifier.ts'
import { DraftMap, MapDraftAnswer } from '../../../shared/map-draft.ts'
import { SiteMap } from '../../../shared/site-map.ts'
import { accepted, acceptedBy } from '../accepted.ts'
import { byOf } from '../access.ts'
import type { Api, HttpParts } from '../parts.ts'
import { InputFault } from '../problem.ts'
import type { PublishMap } from '../publish-map.ts'

const tags = ['sites']
const params = z.strictObject({ site: Identifier })
const path = '/api/v1/sites/:site/map/draft'

/** A map while somebody is at work on it: kept for every browser, and of no effect until it is published. */
export function mapDraftRoutes(app: Api, { inventory, drafts, clock }: HttpParts, publish: PublishMap): void {
  const inForce = async (site: string) => (await inventory.map(site))?.version ?? 0
  const stale = (site: string) => {
    const newest = drafts.map(site)
    return new Fault(
      'conflict',
      newest === undefined
        ? 'There is no draft any more: it was published or thrown away.'
        : `${newest.by} saved another draft at ${newest.at}.`,
    )
  }
  app.get(
    path,
    { schema: { summary: 'The draft of a map, if there is one', tags, params, response: { 200: MapDraftAnswer } } },
    async ({ params: { site } }) => ({ inForce: await inForce(site), draft: drafts.map(site) ?? null }),
  )
  app.put(
    path,
    {
      bodyLimit: 16 * 1024 * 1024,
      schema: {
        summary: 'Keep a draft of the map; conflict when another was saved meanwhile',
        tags,
        params,
        body: z.strictObject({
          seen: z.int().min(0).describe('revision of the draft that was changed; 0: there was none'),
          base: z.int().min(0),
          map: DraftMap,
        }),
        response: { 200: z.object({ revision: z.int() }) },
      },
    },
    async (request) => {
      const { site } = request.params
      const { seen, base, map } = request.body
      if (map.site !== site) throw new InputFault('The map is of another site.', [{ path: 'map.site', message: site }])
      const revision = drafts.keepMap(site, seen, { base, map, by: byOf(request), at: clock.now() })
      if (revision === 'stale') throw stale(site)
      return { revision }
    },
  )
  app.delete(
    path,
    {
      schema: {
        summary: 'Throw a draft away',
        tags,
        params,
        querystring: z.strictObject({ revision: z.coerce.number().int() }),
        response: { 200: z.object({}) },
      },
    },
    async ({ params: { site }, query: { revision } }) => {
      if (!drafts.dropMap(site, revision)) throw stale(site)
      return {}
    },
  )
  app.post(
    `${path}/publish`,
    {
      schema: {
        summary: 'Put the draft in force as the next version of the map',
        tags,
        params,
        body: z.strictObject({ revision: z.int() }),
        response: { 202: accepted },
      },
    },
    async (request, reply) => {
      const { site } = request.params
      const { revision } = request.body
      const draft = drafts.map(site)
      if (draft === undefined || draft.revision !== revision) throw stale(site)
      const present = await inForce(site)
      if (present !== draft.base) {
        throw new Fault('conflict', `Version ${present} is in force; this draft began from ${draft.base}.`)
      }
      const map = SiteMap.safeParse({ ...draft.map, version: present + 1 })
      if (!map.success) {
        const errors = map.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
        throw new InputFault('The draft is no map yet.', errors.slice(0, 100))
      }
      request.audited = { subject: `version ${map.data.version}` }
      const offset = await publish(site, map.data, byOf(request))
      drafts.dropMap(site, revision)
      return acceptedBy(reply, offset)
    },
  )
}
