import type { IncomingHttpHeaders } from 'node:http'
import { fastifyCookie } from '@fastify/cookie'
import type { People } from '../accounts/people.ts'
import type { Identity } from '../accounts/roles.ts'

export const sessionCookie = 'warepulse_session'
export const wallCookie = 'warepulse_wall'

/**
 * Who sent these headers. A bearer token counts before a cookie; a wrong token is nobody, whatever the cookie says. A
 * person counts before a wall screen: opening a screen's link takes nothing from whoever is signed in.
 */
export function identify(people: Pick<People, 'whoIs'>, headers: IncomingHttpHeaders): Identity | undefined {
  const { authorization } = headers
  if (authorization !== undefined) {
    const token = /^Bearer ([A-Za-z0-9_-]{1,256})$/i.exec(authorization)?.[1]
    return token === undefined ? undefined : people.whoIs('token', token)
  }
  if (headers.cookie === undefined) return undefined
  const cookies = fastifyCookie.parse(headers.cookie)
  const known = (via: 'session' | 'wall', secret: string | undefined) =>
    secret === undefined || secret.length > 256 ? undefined : people.whoIs(via, secret)
  return known('session', cookies[sessionCookie]) ?? known('wall', cookies[wallCookie])
}
