import { createServer } from 'node:net'
import { Fault } from '../shared/fault.ts'

const looked = 100

/** Why a port cannot be listened on, now; undefined: it can. Nobody notices the attempt. */
export type PortTrouble = 'taken' | 'not-allowed' | undefined

export async function portTrouble(port: number, host: string): Promise<PortTrouble> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'EACCES' ? 'not-allowed' : 'taken'))
    server.listen(port, host, () => server.close(() => resolve(undefined)))
  })
}

/** `wanted` if it is free, else the next free one; each busy port is told. */
export async function portFrom(wanted: number, host: string, busy: (port: number) => void): Promise<number> {
  for (let port = wanted; port < wanted + looked && port < 65_536; port += 1) {
    if ((await portTrouble(port, host)) === undefined) return port
    busy(port)
  }
  throw new Fault('not-reachable', `No free port from ${wanted} on. Name another with --port.`)
}
