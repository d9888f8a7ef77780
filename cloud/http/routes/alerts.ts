import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Alert } from '../../../shared/api.ts'
import { Fault } from '../../../shared/fault.ts'
import { Identifier } from '../../../shared/identifier.ts'
import { accepted, acceptedBy } from '../accepted.ts'
import { byOf, maySee, requireRoleAt } from '../access.ts'
import { pageOf, pageRequest, paging } from '../paging.ts'
import type { Api, HttpParts } from '../parts.ts'

const tags = ['alerts']
const params = z.strictObject({ id: z.string().regex(/^[A-Za-z0-9_.:-]{1,128}$/) })
const comment = z.string().trim().min(1).max(1000)

/** Alerts, and what people do about them. */
export function alertRoutes(app: Api, { alerts, journal, clock }: HttpParts): void {
  app.get(
    '/api/v1/sites/:site/alerts',
    {
      schema: {
        summary: 'Alerts of a site',
        tags,
        params: z.strictObject({ site: Identifier }),
        querystring: z.strictObject({
          state: z
            .enum(['active', 'acknowledged', 'cleared', 'normal', 'open'])
            .optional()
            .describe('`open`: every state but `normal`'),
          ...paging,
        }),
        response: { 200: pageOf(Alert) },
      },
    },
    async ({ params: { site }, query: { state, ...page } }) =>
      alerts.alerts(site, state === undefined ? {} : { state }, pageRequest(page)),
  )

  for (const [act, summary] of [
    ['acknowledge', 'Say that somebody has seen it'],
    ['clear', 'End it by hand'],
  ] as const) {
    app.post(
      `/api/v1/alerts/:id/${act}`,
      {
        schema: {
          summary,
          tags,
          params,
          body: z.strictObject({ comment: comment.optional() }).nullish(),
          response: { 202: accepted },
        },
      },
      async (request, reply) => take(request, reply, request.params.id, act, request.body?.comment),
    )
  }
  app.post(
    '/api/v1/alerts/:id/comment',
    {
      schema: {
        summary: 'Write something to it',
        tags,
        params,
        body: z.strictObject({ comment }),
        response: { 202: accepted },
      },
    },
    async (request, reply) => take(request, reply, request.params.id, 'comment', request.body.comment),
  )

  async function take(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    act: 'acknowledge' | 'clear' | 'comment',
    said: string | undefined,
  ): Promise<{ readonly offset: number }> {
    const alert = await alerts.alert(id)
    if (alert === undefined || !maySee(request, alert.site)) throw new Fault('not-found', `There is no alert ${id}.`)
    requireRoleAt(request, alert.site)
    const record = { kind: 'alert-act', at: clock.now(), by: byOf(request), alert: id, act } as const
    const offset = await journal.appendOwn(alert.site, [said === undefined ? record : { ...record, comment: said }])
    return acceptedBy(reply, offset)
  }
}
