import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Alert, AlertActRow, AlertReport, NoticeRow } from '../../../shared/api.ts'
import { zonesOf } from '../../../shared/area-of.ts'
import { Fault } from '../../../shared/fault.ts'
import { Identifier } from '../../../shared/identifier.ts'
import type { OperatorArea } from '../../../shared/operator-area.ts'
import { usualMaxShelveMs } from '../../../shared/rules/common.ts'
import { mostReported } from '../../alerts/report.ts'
import type { AlertAct } from '../../journal/own-record.ts'
import { accepted, acceptedBy } from '../accepted.ts'
import { byOf, maySee, requireRoleAt } from '../access.ts'
import { pageOf, pageRequest, paging } from '../paging.ts'
import type { Api, HttpParts } from '../parts.ts'
import { rangeOf, rangeQuery } from './series.ts'

const tags = ['alerts']
const params = z.strictObject({ id: z.string().regex(/^[A-Za-z0-9_.:-]{1,128}$/) })
const mostReportedMs = 31 * 86_400_000
const area = Identifier.optional().describe('only of this operator area, or of this zone that is in none')
const comment = z.string().trim().min(1).max(1000)

/** Alerts, and what people do about them. */
export function alertRoutes(app: Api, { alerts, inventory, journal, clock }: HttpParts): void {
  app.get(
    '/api/v1/sites/:site/alerts',
    {
      schema: {
        summary: 'Alerts of a site',
        tags,
        params: z.strictObject({ site: Identifier }),
        querystring: z.strictObject({
          state: z
            .enum([
              ...(['active', 'acknowledged', 'cleared', 'normal', 'open'] as const),
              ...(['shelved', 'suppressed', 'out-of-service'] as const),
            ])
            .optional()
            .describe('`open`: every state but `normal`; or what silences it'),
          area,
          ...paging,
        }),
        response: { 200: pageOf(Alert) },
      },
    },
    async ({ params: { site }, query: { state, area: asked, ...page } }) => {
      const zones = asked === undefined ? undefined : zonesOf(await areasOn(site), asked)
      const filter = { ...(state !== undefined && { state }), ...(zones !== undefined && { zones }) }
      return alerts.alerts(site, filter, pageRequest(page))
    },
  )

  app.get(
    '/api/v1/sites/:site/alerts/report',
    {
      schema: {
        summary: 'How alerts performed: rates, floods, time to acknowledge, offenders, chattering and standing ones',
        description: 'After ISA-18.2 and EEMUA 191; at most 31 days.',
        tags,
        params: z.strictObject({ site: Identifier }),
        querystring: z.strictObject({ ...rangeQuery, area }),
        response: { 200: AlertReport },
      },
    },
    async ({ params: { site }, query: { area: asked, ...query } }) => {
      const now = clock.now()
      // What has not come yet would thin the rates.
      const range = rangeOf({ ...query, to: Math.min(query.to ?? now, now) }, now)
      if (range.toMs - range.fromMs > mostReportedMs) throw new Fault('bad-input', 'A report covers 31 days at most.')
      const report = await alerts.alertReport(site, range, { areas: await areasOn(site), area: asked })
      if (report === 'too-many') {
        throw new Fault('bad-input', `More than ${mostReported} alerts: ask for a shorter range.`)
      }
      return report
    },
  )

  app.get(
    '/api/v1/sites/:site/notices',
    {
      schema: {
        summary: 'What somebody may want to be called for, oldest first; ask again from `next`, also when it was empty',
        tags,
        params: z.strictObject({ site: Identifier }),
        querystring: z.strictObject(paging),
        response: { 200: pageOf(NoticeRow) },
      },
    },
    async ({ params: { site }, query }) => alerts.notices(site, pageRequest(query)),
  )
  app.get(
    '/api/v1/alerts/:id',
    { schema: { summary: 'One alert', tags, params, response: { 200: Alert } } },
    async (request) => seen(request, request.params.id),
  )
  app.get(
    '/api/v1/alerts/:id/acts',
    {
      schema: {
        summary: 'What people did to it, when and why; oldest first',
        tags,
        params,
        response: { 200: pageOf(AlertActRow) },
      },
    },
    async (request) => {
      await seen(request, request.params.id)
      return { items: [...(await alerts.acts(request.params.id))], next: null }
    },
  )

  for (const [act, summary] of [
    ['acknowledge', 'Say that somebody has seen it'],
    ['clear', 'End it by hand'],
    ['unshelve', 'Take it off the shelf: it rings when it still holds'],
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
      async (request, reply) => take(request, reply, request.params.id, act, saying(request.body?.comment)),
    )
  }
  app.post(
    '/api/v1/alerts/:id/shelve',
    {
      schema: {
        summary: 'Keep it quiet for a time, or until it next clears',
        tags,
        params,
        body: z.strictObject({
          forMs: z.int().min(60_000).optional().describe('without it until it next clears'),
          comment,
        }),
        response: { 202: accepted },
      },
    },
    async (request, reply) => {
      const { forMs, comment: why } = request.body
      if (forMs === undefined) return take(request, reply, request.params.id, 'shelve', { comment: why })
      const { rule: id } = await seen(request, request.params.id)
      const rule = (await alerts.rules()).find((one) => one.id === id)
      const longestMs = rule?.maxShelveMs ?? usualMaxShelveMs
      if (forMs > longestMs)
        throw new Fault('bad-input', `This alert may be shelved for ${longestMs / 60_000} minutes at most.`)
      return take(request, reply, request.params.id, 'shelve', { comment: why, until: clock.now() + forMs })
    },
  )
  app.post(
    '/api/v1/alerts/:id/assign',
    {
      schema: {
        summary: 'Make somebody responsible, or nobody any more',
        tags,
        params,
        body: z.strictObject({ to: z.string().trim().min(1).max(128).nullable(), comment: comment.optional() }),
        response: { 202: accepted },
      },
    },
    async (request, reply) => {
      const { to, comment: why } = request.body
      return take(request, reply, request.params.id, 'assign', {
        ...(to !== null && { to }),
        ...(why !== undefined && { comment: why }),
      })
    },
  )
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
    async (request, reply) => take(request, reply, request.params.id, 'comment', saying(request.body.comment)),
  )

  async function areasOn(site: string): Promise<readonly OperatorArea[] | undefined> {
    return (await inventory.map(site))?.areas
  }

  async function seen(request: FastifyRequest, id: string): Promise<Alert> {
    const alert = await alerts.alert(id)
    if (alert === undefined || !maySee(request, alert.site)) throw new Fault('not-found', `There is no alert ${id}.`)
    requireRoleAt(request, alert.site)
    return alert
  }

  async function take(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    act: z.infer<typeof AlertAct>['act'],
    more: Pick<z.infer<typeof AlertAct>, 'comment' | 'until' | 'to'>,
  ): Promise<{ readonly offset: number }> {
    const { site } = await seen(request, id)
    const record = { kind: 'alert-act', at: clock.now(), by: byOf(request), alert: id, act, ...more } as const
    return acceptedBy(reply, await journal.appendOwn(site, [record]))
  }
}

function saying(comment: string | undefined): { readonly comment?: string } {
  return comment === undefined ? {} : { comment }
}
