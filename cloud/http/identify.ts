import type { IncomingHttpHeaders } from 'node:http'
import { fastifyCookie } from '@fastify/cookie'
import type { People } from '../accounts/people.ts'
import type { Identity } from '../accounts/roles.ts'

export const sessionCookie = 'warepulse_session'

/** Who sent these headers. A bearer token counts before a cookie; a wrong token is nobody, whatever the cookie says. */
export function identify(people: Pick<People, 'whoIs'>, headers: IncomingHttpHeaders): Identity | undefined {
  const { authorization } = headers
  if (authorization !== undefined) {
    const token = /^Bearer ([A-Za-z0-9_-]{1,256})$/i.exec(authorization)?.[1]
    return token === undefined ? undefined : people.whoIs('token', token)
  }
  const secret = headers.cookie === undefined ? undefined : fastifyCookie.parse(headers.cookie)[sessionCookie]
  return secret === undefined || secret.length > 256 ? undefined : people.whoIs('session', secret)
}
