import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { iso, RuleOnGateway, RuleTrial } from '../../../shared/api.ts'
import { Fault } from '../../../shared/fault.ts'
import { Identifier } from '../../../shared/identifier.ts'
import { isValueRule, Rule } from '../../../shared/rule.ts'
import type { ValueRule } from '../../../shared/rules/of-values.ts'
import { type Reading, rehearse } from '../../alerts/rehearse.ts'
import { accepted, acceptedBy } from '../accepted.ts'
import { byOf, maySee, requireRoleAt } from '../access.ts'
import { pageOf } from '../paging.ts'
import type { Api, HttpParts } from '../parts.ts'
import { knownQuantity, rangeOf, rangeQuery } from './series.ts'

const tags = ['alerts']
const params = z.strictObject({ id: Identifier })

const RulePage = pageOf(Rule).extend({
  onGateways: z.array(RuleOnGateway).readonly().describe('each rule that runs on gateways, on each that it concerns'),
})

/** A trial is bounded by sensors and by values of each; with more values it reads the last of each bucket. */
const mostSensors = 50
const mostValues = 10_000
const mostShown = 500
const weekMs = 7 * 86_400_000
const patienceMs = 20_000

/** What raises alerts. */
export function ruleRoutes(app: Api, { alerts, documents, inventory, series, journal, clock }: HttpParts): void {
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
        summary: 'What a rule on values would have raised over recorded history; nothing is kept',
        description:
          'The last seven days unless told, 31 days at most, 50 sensors at most. Where a sensor has more than 10,000 ' +
          'values, the last of each bucket is taken (`everyMs`). Schedules and windows do not count.',
        tags,
        body: z.strictObject({ rule: Rule, ...rangeQuery }),
        response: { 200: RuleTrial },
      },
    },
    async (request) => {
      const { rule, ...range } = request.body
      requireRoleAt(request, rule.site)
      if (!isValueRule(rule)) throw new Fault('bad-input', 'Only rules on values can be tried on history.')
      const toMs = range.to ?? clock.now()
      const { fromMs } = rangeOf({ from: range.from ?? toMs - weekMs, to: toMs }, toMs)
      if (toMs - fromMs > 31 * 86_400_000) throw new Fault('bad-input', 'A trial covers 31 days at most.')
      const sensors = await sensorsOf(rule)
      if (sensors.length > mostSensors)
        throw new Fault('bad-input', `A trial takes ${mostSensors} sensors at most: name some, or a zone.`)
      const { readings, everyMs } = await readingsOf(rule, sensors, fromMs, toMs)
      const rung = rehearse(rule, readings, toMs)
      return {
        from: iso(fromMs),
        to: iso(toMs),
        sensors: sensors.length,
        values: readings.length,
        everyMs,
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

  async function sensorsOf({ site, sensors, zone }: ValueRule): Promise<readonly string[]> {
    const map = await inventory.map(site)
    const placed = (map?.sensors ?? []).filter((sensor) => zone === undefined || sensor.zone === zone)
    const ofZone = placed.map(({ id }) => id)
    if (sensors === undefined) return ofZone
    return [...new Set(sensors)].filter((sensor) => zone === undefined || ofZone.includes(sensor))
  }

  /** In order of time. */
  async function readingsOf(
    { site, quantity: name }: ValueRule,
    sensors: readonly string[],
    fromMs: number,
    toMs: number,
  ): Promise<{ readonly readings: readonly Reading[]; readonly everyMs: number | null }> {
    const quantity = knownQuantity(name)
    const bucketMs = Math.ceil((toMs - fromMs) / mostValues / 1000) * 1000
    const readings: Reading[] = []
    let everyMs: number | null = null
    for (const sensor of sensors) {
      const about = { site, sensor, quantity, fromMs, toMs, limit: mostValues + 1 }
      let values = await series.range(about, patienceMs)
      if (values.length > mostValues) {
        everyMs = bucketMs
        values = await series.range({ ...about, everyMs }, patienceMs)
      }
      for (const { at, last } of values) readings.push({ sensor, at, value: last })
    }
    return { readings: readings.sort((a, b) => a.at - b.at), everyMs }
  }

  const ruleNamed = async (id: string) => (await alerts.rules()).find((rule) => rule.id === id)

  async function put(rule: Rule, by: string, reply: FastifyReply) {
    return acceptedBy(reply, await journal.appendOwn(rule.site, [{ kind: 'rule', at: clock.now(), by, rule }]))
  }
}
