import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Iso, iso } from '../../../shared/api.ts'
import { Fault } from '../../../shared/fault.ts'
import { longestPassword } from '../../accounts/password.ts'
import { isWallSecret } from '../../accounts/people.ts'
import { type Identity, roles } from '../../accounts/roles.ts'
import { openThrottle } from '../../accounts/throttle.ts'
import { sessionCookie, wallCookie } from '../identify.ts'
import type { Api, HttpParts } from '../parts.ts'
import { TooMany } from '../problem.ts'

const Session = z.object({
  name: z.string(),
  via: z.enum(['session', 'token', 'wall']),
  hasPassword: z.boolean().describe('may come back by name and password; of a session only'),
  grants: z.array(z.object({ site: z.string().describe('`*`: every site'), role: z.enum(roles) })).readonly(),
  expiresAt: Iso.nullable().describe('null: until it is revoked'),
})

/** As long as browsers keep a cookie; the screen's link renews it. */
const wallCookieSeconds = 400 * 24 * 3600

const mostHashing = 4

/** Signing in, asking who one is, signing out. */
export function sessionRoutes(app: Api, { people, clock }: HttpParts): void {
  const throttle = openThrottle(() => clock.monotonicMs())
  /** One password costs a quarter of a second of one core and 32 MiB. */
  let hashing = 0

  function view({ name, via, grants, expiresAt }: Identity): z.infer<typeof Session> {
    const hasPassword = via === 'session' && people.people().some((one) => one.name === name && one.hasPassword)
    return { name, via, hasPassword, grants, expiresAt: expiresAt === null ? null : iso(expiresAt) }
  }

  async function byPassword(name: string, password: string, address: string) {
    const waitMs = throttle.waitMs(name, address)
    if (waitMs > 0) throw new TooMany(`Too many wrong passwords from here. Wait ${Math.ceil(waitMs / 1000)} s.`, waitMs)
    if (hashing >= mostHashing) throw new TooMany('Too many sign in at once. Try again in a moment.', 1000)
    hashing += 1
    try {
      const signedIn = await people.signInWithPassword(name, password)
      if (signedIn === undefined) throttle.failed(name, address)
      else throttle.succeeded(name, address)
      return signedIn
    } finally {
      hashing -= 1
    }
  }

  app.post(
    '/api/v1/session',
    {
      schema: {
        summary: 'Sign in with a one-time key, with name and password, or as a wall screen',
        tags: ['session'],
        body: z.union([
          z.strictObject({
            key: z.string().min(1).max(128).describe('from the sign-in link, or from that of a wall screen'),
          }),
          z.strictObject({ name: z.string().min(1).max(64), password: z.string().min(1).max(longestPassword) }),
        ]),
        response: { 201: Session },
      },
      // The key is 128 random bits; this keeps guessing out of the logs and off the database.
      config: { rateLimit: { max: 10, timeWindow: 60_000, keyGenerator: (request) => `sign-in ${request.ip}` } },
    },
    async (request, reply) => {
      const { body, ip } = request
      const isKey = 'key' in body
      if (isKey && isWallSecret(body.key)) {
        const wall = people.whoIs('wall', body.key)
        if (wall === undefined)
          throw new Fault('not-allowed', 'The link of this wall screen is not in force. Ask for a new one.')
        reply.setCookie(wallCookie, body.key, { ...cookieOf(request), maxAge: wallCookieSeconds })
        return reply.code(201).send(view(wall))
      }
      if (!isKey) request.audited = { subject: body.name }
      const signedIn = isKey ? people.signIn(body.key) : await byPassword(body.name, body.password, ip)
      if (signedIn === undefined) {
        throw new Fault(
          'not-allowed',
          isKey
            ? 'This sign-in link is unknown, used, or older than its life. Ask for a new one.'
            : 'The name or the password is wrong.',
        )
      }
      const { identity, secret } = signedIn
      request.identity = identity
      reply.setCookie(sessionCookie, secret, {
        ...cookieOf(request),
        // A life, not an instant: the browser's clock may be years away from ours.
        ...(identity.expiresAt !== null && { maxAge: Math.floor((identity.expiresAt - clock.now()) / 1000) }),
      })
      return reply.code(201).send(view(identity))
    },
  )
  app.put(
    '/api/v1/session/password',
    {
      schema: {
        summary: 'Set or change my password; my other sessions end',
        tags: ['session'],
        body: z.strictObject({
          password: z.string().min(1).max(1024).describe('at least 12 characters'),
          current: z.string().max(longestPassword).optional().describe('needed once there is one'),
        }),
        response: { 204: z.null() },
      },
      config: { rateLimit: { max: 10, timeWindow: 60_000 } },
    },
    async (request, reply) => {
      const identity = known(request.identity)
      const { password, current = '' } = request.body
      if (identity.via !== 'session') throw new Fault('not-allowed', 'A token has no password.')
      const person = people.people().find(({ name }) => name === identity.name)
      if (person?.hasPassword === true && !(await people.isPasswordOf(identity.name, current)))
        throw new Fault('not-allowed', 'The current password is wrong.')
      await people.setPassword(identity, password)
      return reply.code(204).send(null)
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
      const { id, via } = known(request.identity)
      // A wall screen that signs out forgets its cookie; its link stays in force until somebody ends it.
      if (via !== 'wall') people.end(id)
      return reply
        .clearCookie(via === 'wall' ? wallCookie : sessionCookie, { path: '/' })
        .code(204)
        .send(null)
    },
  )
}

function known(identity: Identity | undefined): Identity {
  if (identity === undefined) throw new Fault('internal', 'A guarded route was reached by nobody.')
  return identity
}

function cookieOf({ protocol }: FastifyRequest) {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: protocol === 'https' } as const
}
