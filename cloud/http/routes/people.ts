import { z } from 'zod'
import { Iso, iso } from '../../../shared/api.ts'
import { Fault } from '../../../shared/fault.ts'
import { Identifier } from '../../../shared/identifier.ts'
import { everySite, type Grant, type Identity, roleAt, roles } from '../../accounts/roles.ts'
import { pageOf } from '../paging.ts'
import type { Api, HttpParts } from '../parts.ts'

const tags = ['people']
const Name = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,63}$/u, 'letters, digits, space and . _ @ -, at most 64')
const Grants = z
  .array(
    z.strictObject({
      site: z.union([z.literal(everySite), Identifier]).describe('`*`: every site'),
      role: z.enum(roles),
    }),
  )
  .min(1)
  .max(100)
const Person = z.object({
  name: z.string(),
  grants: z.array(z.object({ site: z.string(), role: z.enum(roles) })).readonly(),
  hasPassword: z.boolean(),
  addedAt: Iso,
})
const Token = z.object({
  id: z.string(),
  name: z.string(),
  grants: z.array(z.object({ site: z.string(), role: z.enum(roles) })).readonly(),
  expiresAt: Iso.nullable().describe('null: until it is revoked'),
})
const dayMs = 86_400_000

/** Who may use the board and the API. An administrator of some sites sees and changes what concerns these alone. */
export function peopleRoutes(app: Api, { people, clock }: HttpParts): void {
  app.get(
    '/api/v1/people',
    { schema: { summary: 'Who may sign in', tags, response: { 200: pageOf(Person) } } },
    async ({ identity }) => ({
      items: people
        .people()
        .filter(({ grants }) => administers(identity, grants))
        .map((person) => ({ ...person, addedAt: iso(person.addedAt) })),
      next: null,
    }),
  )
  app.put(
    '/api/v1/people/:name',
    {
      schema: {
        summary: 'Add somebody, or change what they may do; answers a key for one sign-in of theirs, shown this once',
        tags,
        params: z.strictObject({ name: Name }),
        body: z.strictObject({ grants: Grants }),
        response: { 201: z.object({ name: z.string(), key: z.string(), expiresAt: Iso }) },
      },
    },
    async ({ identity, params: { name }, body: { grants } }, reply) => {
      const before = people.people().find((person) => person.name.toLowerCase() === name.toLowerCase())
      if (before !== undefined) requireAdministers(identity, before.grants)
      requireAdministers(identity, grants)
      people.putPerson({ name, grants })
      const { key, expiresAt } = people.invite(name)
      return reply.code(201).send({ name: before?.name ?? name, key, expiresAt: iso(expiresAt) })
    },
  )
  app.delete(
    '/api/v1/people/:name',
    {
      schema: {
        summary: 'Somebody may not sign in any more; their sessions end',
        tags,
        params: z.strictObject({ name: Name }),
        response: { 204: z.null() },
      },
    },
    async ({ identity, params: { name } }, reply) => {
      const person = people.people().find((one) => one.name.toLowerCase() === name.toLowerCase())
      if (person === undefined || !administers(identity, person.grants))
        throw new Fault('not-found', `There is nobody called "${name}".`)
      people.removePerson(name)
      return reply.code(204).send(null)
    },
  )
  app.get(
    '/api/v1/tokens',
    { schema: { summary: 'API tokens in force; never their secrets', tags, response: { 200: pageOf(Token) } } },
    async ({ identity }) => ({
      items: people
        .tokens()
        .filter(({ grants }) => administers(identity, grants))
        .map(({ id, name, grants, expiresAt }) => ({
          id,
          name,
          grants,
          expiresAt: expiresAt === null ? null : iso(expiresAt),
        })),
      next: null,
    }),
  )
  app.post(
    '/api/v1/tokens',
    {
      schema: {
        summary: 'A new API token, shown this once; for a wall board: role viewer',
        tags,
        body: z.strictObject({
          name: Name,
          grants: Grants,
          days: z.int().min(1).max(3650).default(365).describe('after which it ends'),
        }),
        response: { 201: Token.extend({ secret: z.string() }) },
      },
    },
    async (request, reply) => {
      const { name, grants, days } = request.body
      request.audited = { subject: name }
      requireAdministers(request.identity, grants)
      const { secret, identity } = people.makeToken({ name, grants, lifeMs: days * dayMs })
      return reply.code(201).send({ id: identity.id, name, grants, expiresAt: iso(clock.now() + days * dayMs), secret })
    },
  )
  app.delete(
    '/api/v1/tokens/:id',
    {
      schema: {
        summary: 'Revoke an API token; its live connections end',
        tags,
        params: z.strictObject({ id: z.string().regex(/^[0-9a-f]{16}$/) }),
        response: { 204: z.null() },
      },
    },
    async ({ identity, params: { id } }, reply) => {
      const token = people.tokens().find((one) => one.id === id)
      if (token === undefined || !administers(identity, token.grants))
        throw new Fault('not-found', 'There is no such token.')
      people.end(id)
      return reply.code(204).send(null)
    },
  )
}

/** Whoever gives or takes rights on a site is an administrator there; on every site for `*`. */
function administers(identity: Identity | undefined, grants: readonly Grant[]): boolean {
  return identity !== undefined && grants.every(({ site }) => roleAt(identity, site) === 'admin')
}

function requireAdministers(identity: Identity | undefined, grants: readonly Grant[]): void {
  const other = grants.find((grant) => !administers(identity, [grant]))
  if (other === undefined) return
  if (identity !== undefined && roleAt(identity, other.site) === undefined)
    throw new Fault('not-found', `There is no site "${other.site}".`)
  throw new Fault(
    'not-allowed',
    `This needs the role "admin" on ${other.site === everySite ? 'every site' : other.site}.`,
  )
}
