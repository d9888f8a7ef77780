import { z } from 'zod'
import { Identifier } from '../../../shared/identifier.ts'
import { Hearing } from '../../../shared/tuning.ts'
import type { Api, HttpParts } from '../parts.ts'

/** What antennas hear just now, for whoever sets readers up. */
export function hearingRoutes(app: Api, { tuning }: HttpParts): void {
  app.get(
    '/api/v1/sites/:site/hearing',
    {
      schema: {
        summary: 'What each antenna heard in the last half minute, and which hear the same tags',
        tags: ['gateways'],
        params: z.strictObject({ site: Identifier }),
        querystring: z.strictObject({
          seconds: z.coerce.number().int().min(1).max(30).default(30).describe('look back so far only'),
        }),
        response: { 200: Hearing },
      },
    },
    async ({ params: { site }, query: { seconds } }) => tuning.hearing(site, seconds),
  )
}
