import { z } from 'zod'
import { Iso, iso } from '../../../shared/api.ts'
import { Fault } from '../../../shared/fault.ts'
import { type Identity, roles } from '../../accounts/roles.ts'
import { sessionCookie } from '../identify.ts'
import type { Api, HttpParts } from '../parts.ts'

const Session = z.object({
  name: z.string(),
  via: z.enum(['session', 'token']),
  grants: z.array(z.object({ site: z.string().describe('`*`: every site'), role: z.enum(roles) })).readonly(),
  expiresAt: Iso.nullable().describe('null: until it is revoked'),
})

/** Signing in with a one-time key, asking who one is, signing out. */
export function sessionRoutes(app: Api, { people, clock }: HttpParts): void {
  app.post(
    '/api/v1/session',
    {
      schema: {
        summary: 'Sign in with a one-time key',
        tags: ['session'],
        body: z.strictObject({ key: z.string().min(1).max(128).describe('from the sign-in link') }),
        response: { 201: Session },
      },
      // The key is 128 random bits; this keeps guessing out of the logs and off the database.
      config: { rateLimit: { max: 10, timeWindow: 60_000, keyGenerator: (request) => `sign-in ${request.ip}` } },
    },
    async (request, reply) => {
      const signedIn = people.signIn(request.body.key)
      if (signedIn === undefined) {
        throw new Fault('not-allowed', 'This sign-in link is unknown, used, or older than its life. Ask for a new one.')
      }
      const { identity, secret } = signedIn
      request.identity = identity
      reply.setCookie(sessionCookie, secret, {
        path: '/',
        httpOnly: true,
        sameSite: 'strict',
        secure: request.protocol === 'https',
        // A life, not an instant: the browser's clock may be years away from ours.
        ...(identity.expiresAt !== null && { maxAge: Math.floor((identity.expiresAt - clock.now()) / 1000) }),
      })
      return reply.code(201).send(view(identity))
    },
  )
  app.get(
    '/api/v1/session',
    { schema: { summary: 'Who am I', tags: ['session'], response: { 200: Session } } },
    async (request) => view(known(request.identity)),
  )
  app.delete(
    '/api/v1/session',
    { schema: { summary: 'Sign out', tags: ['session'], response: { 204: z.null() } } },
    async (request, reply) => {
      people.end(known(request.identity).id)
      return reply.clearCookie(sessionCookie, { path: '/' }).code(204).send(null)
    },
  )
}

function known(identity: Identity | undefined): Identity {
  if (identity === undefined) throw new Fault('internal', 'A guarded route was reached by nobody.')
  return identity
}

function view({ name, via, grants, expiresAt }: Identity): z.infer<typeof Session> {
  return { name, via, grants, expiresAt: expiresAt === null ? null : iso(expiresAt) }
}
