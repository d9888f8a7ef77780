import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { iso, RuleOnGateway, RuleTrial } from '../../../shared/api.ts'
import { Fault } from '../../../shared/fault.ts'
import { Identifier } from '../../../shared/identifier.ts'
import { Rule } from '../../../shared/rule.ts'
import { mostWays } from '../../alerts/goods/climate/rehearse.ts'
import { accepted, acceptedBy } from '../accepted.ts'
import { byOf, maySee, requireRoleAt } from '../access.ts'
import { pageOf } from '../paging.ts'
import type { Api, HttpParts } from '../parts.ts'
import { tryRule } from '../try-rule.ts'
import { rangeOf, rangeQuery } from './series.ts'

const tags = ['alerts']
const params = z.strictObject({ id: Identifier })

const RulePage = pageOf(Rule).extend({
  onGateways: z.array(RuleOnGateway).readonly().describe('each rule that runs on gateways, on each that it concerns'),
})

const mostShown = 500
const weekMs = 7 * 86_400_000

/** What raises alerts. */
export function ruleRoutes(app: Api, parts: HttpParts): void {
  const { alerts, documents, journal, clock } = parts
  app.get(
    '/api/v1/rules',
    { schema: { summary: 'Rules of the sites that you may see', tags, response: { 200: RulePage } } },
    async (request) => ({
      items: (await alerts.rules()).filter(({ site }) => maySee(request, site)),
      onGateways: documents.rulesOnGateways().filter(({ site }) => maySee(request, site)),
      next: null,
    }),
  )
  app.post(
    '/api/v1/rules',
    { schema: { summary: 'Add a rule', tags, body: Rule, response: { 202: accepted } } },
    async (request, reply) => {
      const rule = request.body
      requireRoleAt(request, rule.site)
      if ((await ruleNamed(rule.id)) !== undefined) throw new Fault('conflict', `There is a rule "${rule.id}" already.`)
      return put(rule, byOf(request), reply)
    },
  )
  app.post(
    '/api/v1/rules/try',
    {
      schema: {
        summary: 'What a rule would have raised over recorded history; nothing is kept',
        description:
          'A rule on values, or on what goods went through (`goods-exposure`, `goods-kinetic`). The last seven days unless ' +
          'told, 31 days at most, 50 sensors at most. Where a sensor has more than 10,000 values, the last of each bucket is ' +
          `taken, of goods the mean of each (\`everyMs\`). Goods by what is known of their ways now, ${mostWays} different ` +
          'ways at most. Schedules and windows do not count.',
        tags,
        body: z.strictObject({ rule: Rule, ...rangeQuery }),
        response: { 200: RuleTrial },
      },
    },
    async (request) => {
      const { rule, ...range } = request.body
      requireRoleAt(request, rule.site)
      const toMs = range.to ?? clock.now()
      const { fromMs } = rangeOf({ from: range.from ?? toMs - weekMs, to: toMs }, toMs)
      if (toMs - fromMs > 31 * 86_400_000) throw new Fault('bad-input', 'A trial covers 31 days at most.')
      const { rung, ...lookedAt } = await tryRule(parts, rule, { fromMs, toMs })
      return {
        from: iso(fromMs),
        to: iso(toMs),
        ...lookedAt,
        times: rung.length,
        items: rung.slice(-mostShown).map(({ raisedAt, clearedAt, ...one }) => ({
          ...one,
          raisedAt: iso(raisedAt),
          clearedAt: clearedAt === null ? null : iso(clearedAt),
        })),
      }
    },
  )
  app.put(
    '/api/v1/rules/:id',
    { schema: { summary: 'Add or replace a rule', tags, params, body: Rule, response: { 202: accepted } } },
    async (request, reply) => {
      const rule = request.body
      if (rule.id !== request.params.id) throw new Fault('bad-input', `The path says "${request.params.id}".`)
      requireRoleAt(request, rule.site)
      const present = await ruleNamed(rule.id)
      // Ids are one name space over all sites; a rule does not move, or its open alerts would change sites with it.
      if (present !== undefined && present.site !== rule.site) {
        throw new Fault('conflict', `The id "${rule.id}" is taken.`)
      }
      return put(rule, byOf(request), reply)
    },
  )
  app.delete(
    '/api/v1/rules/:id',
    { schema: { summary: 'Remove a rule', tags, params, response: { 202: accepted } } },
    async (request, reply) => {
      const { id } = request.params
      const present = await ruleNamed(id)
      if (present === undefined || !maySee(request, present.site))
        throw new Fault('not-found', `There is no rule "${id}".`)
      requireRoleAt(request, present.site)
      const record = { kind: 'rule-removed', at: clock.now(), by: byOf(request), rule: id } as const
      return acceptedBy(reply, await journal.appendOwn(present.site, [record]))
    },
  )

  const ruleNamed = async (id: string) => (await alerts.rules()).find((rule) => rule.id === id)

  async function put(rule: Rule, by: string, reply: FastifyReply) {
    return acceptedBy(reply, await journal.appendOwn(rule.site, [{ kind: 'rule', at: clock.now(), by, rule }]))
  }
}
