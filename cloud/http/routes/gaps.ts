import { z } from 'zod'
import { GapRow } from '../../../shared/api.ts'
import { Identifier } from '../../../shared/identifier.ts'
import { pageOf, pageRequest, paging } from '../paging.ts'
import type { Api, HttpParts } from '../parts.ts'

/** What had to be given up. */
export function gapRoutes(app: Api, { gateways, setAside }: HttpParts): void {
  app.get(
    '/api/v1/sites/:site/gaps',
    {
      schema: {
        summary: 'What was given up, newest first',
        tags: ['sites'],
        params: z.strictObject({ site: Identifier }),
        querystring: z.strictObject(paging),
        response: { 200: pageOf(GapRow) },
      },
    },
    async ({ params: { site }, query }) => gateways.gaps(site, pageRequest(query)),
  )
  app.get(
    '/api/v1/sites/:site/set-aside',
    {
      schema: {
        summary: 'What is in the journal and could not be used, newest first',
        tags: ['sites'],
        params: z.strictObject({ site: Identifier }),
        response: { 200: pageOf(GapRow) },
      },
    },
    async ({ params: { site } }) => ({ items: await setAside.setAside(site), next: null }),
  )
}
