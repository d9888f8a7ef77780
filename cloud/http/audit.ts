import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Act } from '../audit/act.ts'
import { fewAMinute } from '../audit/few-a-minute.ts'
import { harmless } from './access.ts'
import type { HttpParts } from './parts.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What it was about, for the audit, where the address does not say it. */
    audited: { readonly site?: string; readonly subject?: string; readonly detail?: string } | undefined
  }
}

/** Saved every few seconds while somebody types; what becomes of it, its publication, is told. */
const unremarkable: readonly string[] = ['PUT /api/v1/sites/:site/map/draft']

/**
 * Every change that was asked for, and every refusal, goes into the audit before it is answered: no route can forget
 * it. Changes are all told; what was refused, and what strangers sent in vain, a few a minute and the rest as a sum.
 */
export function auditRequests(app: FastifyInstance, { audit, clock, log }: HttpParts): void {
  const keep = (act: Act): void => {
    try {
      audit.append(act)
    } catch (thrown) {
      log.error({ err: thrown, act }, 'the audit cannot be written')
    }
  }
  const fewRefused = fewAMinute<Act>({
    clock,
    kindOf: ({ act }) => act,
    tell: keep,
    tellRest: (counts) =>
      keep({
        at: clock.now(),
        who: '',
        via: 'nobody',
        from: '',
        act: 'http, beyond those told one by one',
        site: null,
        subject: '',
        outcome: 'refused',
        detail: JSON.stringify(counts),
      }),
  })
  app.decorateRequest('audited', undefined)
  app.addHook('onSend', async (request, reply) => {
    const { url } = request.routeOptions
    if (url === undefined || !url.startsWith('/api/')) return
    const act = actOf(request, reply, url, clock.now())
    if (act.outcome === 'refused') fewRefused(act)
    else if (harmless.includes(request.method)) return
    else if (act.outcome === 'done' && unremarkable.includes(act.act)) return
    else if (act.outcome === 'failed' && request.identity === undefined) fewRefused(act)
    else keep(act)
  })
}

function actOf(request: FastifyRequest, reply: FastifyReply, url: string, at: number): Act {
  const { identity, ip, method, audited } = request
  const { statusCode } = reply
  const { site, ...others } = { ...(request.params as Readonly<Record<string, string>> | undefined) }
  const query = request.query as Readonly<Record<string, unknown>> | undefined
  const siteAsked = audited?.site ?? site ?? (typeof query?.['site'] === 'string' ? query['site'] : undefined)
  return {
    at,
    who: identity?.name ?? '',
    via: identity?.via ?? 'nobody',
    from: ip,
    act: `${method} ${url}`,
    site: siteAsked ?? null,
    subject: audited?.subject ?? Object.values(others).join(' '),
    outcome: statusCode < 400 ? 'done' : [401, 403, 429].includes(statusCode) ? 'refused' : 'failed',
    detail: statusCode < 400 ? (audited?.detail ?? null) : String(statusCode),
  }
}
