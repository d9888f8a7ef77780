import { createServer } from 'node:net'
import { Fault } from '../../shared/fault.ts'

/** `wanted` if it is free on loopback, else the next free one; each busy port is told. */
export async function portFrom(wanted: number, host: string, busy: (port: number) => void): Promise<number> {
  for (let port = wanted; port < wanted + 100 && port < 65_536; port += 1) {
    if (await isFree(port, host)) return port
    busy(port)
  }
  throw new Fault('not-reachable', `No free port from ${wanted} on. Name another with --port.`)
}

async function isFree(port: number, host: string): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, host, () => server.close(() => resolve(true)))
  })
}
