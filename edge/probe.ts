import type { Server } from 'node:http'
import type { Registry } from '@prometheus-io/client'
import { Fault } from '../shared/fault.ts'
import { createServer } from './node-http.ts'
import type { Tally } from './tally.ts'

export interface Probe {
  readonly port: number
  /** Safe to call twice. */
  close(): Promise<void>
}

/**
 * `/healthz`, `/metrics`, and `/refused` (the newest samples of what could not be used) of a gateway. Rejects with a
 * Fault `not-reachable` when the port is taken.
 */
export async function openProbe(
  address: { readonly host: string; readonly port: number },
  registry: Registry,
  tally: Pick<Tally, 'samples'>,
): Promise<Probe> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return void response.writeHead(405).end()
    switch (request.url) {
      case '/healthz':
        return void response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}\n')
      case '/metrics':
        return void registry.metrics().then(
          (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
          () => response.writeHead(500).end(),
        )
      case '/refused':
        return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(tally.samples()))
      default:
        return void response.writeHead(404).end()
    }
  })
  await listen(server, address)
  const bound = server.address()
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : address.port,
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function listen(server: Server, { host, port }: { readonly host: string; readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new Fault('not-reachable', sentenceFor(error, `${host}:${port}`), { cause: error })),
    )
    server.listen(port, host, () => resolve())
  })
}

function sentenceFor({ code, message }: NodeJS.ErrnoException, where: string): string {
  return code === 'EADDRINUSE'
    ? `The metrics of this gateway cannot be served on ${where}: another program has that port. Stop that one (as root, "ss -ltnp" names it), or change metrics.port.`
    : `The metrics of this gateway cannot be served on ${where}: ${message}. Change metrics.host or metrics.port.`
}
