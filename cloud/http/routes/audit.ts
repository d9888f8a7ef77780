import { z } from 'zod'
import { Iso, iso } from '../../../shared/api.ts'
import { everySite, roleAt } from '../../accounts/roles.ts'
import { pageOf, paging } from '../paging.ts'
import type { Api, HttpParts } from '../parts.ts'

const AuditEntry = z.object({
  number: z.int(),
  at: Iso,
  who: z.string().describe('as proved by `via`; with `nobody`: as claimed'),
  via: z.enum(['session', 'token', 'wall', 'command', 'nobody']),
  from: z.string().describe('address; `here`: on the machine of the cloud'),
  act: z.string(),
  site: z.string().nullable(),
  subject: z.string(),
  outcome: z.enum(['done', 'refused', 'failed']),
  detail: z.string().nullable(),
  hash: z.string().describe('over this entry and the one before it'),
})

/** Who did what. It can be read here, and changed nowhere. */
export function auditRoutes(app: Api, { audit }: HttpParts): void {
  app.get(
    '/api/v1/audit',
    {
      schema: {
        summary: 'Who did what, when and from where, newest first; of the sites that you administer',
        tags: ['audit'],
        querystring: z.strictObject({
          ...paging,
          cursor: z
            .string()
            .regex(/^\d{1,15}$/)
            .optional(),
        }),
        response: { 200: pageOf(AuditEntry) },
      },
    },
    async ({ identity, query: { cursor, limit } }) => {
      const administered = (identity?.grants ?? []).filter(({ role }) => role === 'admin').map(({ site }) => site)
      const sites = administered.includes(everySite)
        ? 'every'
        : administered.filter((site) => identity !== undefined && roleAt(identity, site) === 'admin')
      const { entries, next } = audit.page({
        limit,
        sites,
        ...(cursor === undefined ? {} : { before: Number(cursor) }),
      })
      return {
        items: entries.map((entry) => ({ ...entry, at: iso(entry.at) })),
        next: next === undefined ? null : String(next),
      }
    },
  )
}
