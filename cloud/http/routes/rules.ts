import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { Fault } from '../../../shared/fault.ts'
import { Identifier } from '../../../shared/identifier.ts'
import { Rule } from '../../../shared/rule.ts'
import { accepted, acceptedBy } from '../accepted.ts'
import { byOf, maySee, requireRoleAt } from '../access.ts'
import { pageOf } from '../paging.ts'
import type { Api, HttpParts } from '../parts.ts'

const tags = ['alerts']
const params = z.strictObject({ id: Identifier })

/** What raises alerts. */
export function ruleRoutes(app: Api, { alerts, journal, clock }: HttpParts): void {
  app.get(
    '/api/v1/rules',
    { schema: { summary: 'Rules of the sites that you may see', tags, response: { 200: pageOf(Rule) } } },
    async (request) => ({ items: (await alerts.rules()).filter(({ site }) => maySee(request, site)), next: null }),
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
