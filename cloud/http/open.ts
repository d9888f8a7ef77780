import { Server as TlsServer } from 'node:tls'
import { roleAt } from '../accounts/roles.ts'
import { cannotListen } from '../cannot-listen.ts'
import type { Admit } from '../push/live.ts'
import { type AppOptions, makeApp, minVersion } from './app.ts'
import { identify } from './identify.ts'
import type { HttpParts } from './parts.ts'
import { isSameOrigin } from './same-origin.ts'

export interface HttpOptions extends AppOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
}

export interface HttpServer {
  /** `http://host:port` */
  readonly url: string
  readonly port: number
  /** From the next connection on this certificate is shown. Only where `tls` was given. */
  renewTls(pair: { readonly key: string; readonly cert: string }): void
  /** Ends boards' connections and requests. Safe to call twice. */
  close(): Promise<void>
}

/**
 * Board, API and `/live` on one port. A port that is taken is a Fault `not-reachable` that names it; the caller may
 * try the next.
 */
export async function openHttp(parts: HttpParts, options: HttpOptions): Promise<HttpServer> {
  const app = await makeApp(parts, options)
  const { host, port } = options
  try {
    await app.listen({ host, port })
  } catch (cause) {
    await app.close()
    throw cannotListen(cause, { host, port, part: 'http' })
  }
  parts.push.attach(app.server, admitTo(parts, options.publicOrigins ?? []))
  const address = app.server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    port: bound,
    renewTls({ key, cert }) {
      if (app.server instanceof TlsServer) app.server.setSecureContext({ key, cert, minVersion })
    },
    async close() {
      parts.push.close()
      await app.close()
    },
  }
}

/** Boards come in by the same credentials, and only from our own pages when a cookie speaks for them. */
function admitTo({ people }: HttpParts, publicOrigins: readonly string[]): Admit {
  return (request) => {
    const identity = identify(people, request.headers)
    if (identity === undefined) return 'sign in first'
    if (identity.via !== 'token' && !isSameOrigin(request.headers, publicOrigins)) return 'not from the board itself'
    return {
      identity: identity.id,
      maySee(site) {
        const now = people.current(identity.id)
        return now !== undefined && roleAt(now, site) !== undefined
      },
      isValid: () => people.current(identity.id) !== undefined,
    }
  }
}
