import { readFile } from 'node:fs/promises'
import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Finding } from './finding.ts'
import type { Address } from './targets.ts'

const patienceMs = 5000

/** Does somebody answer there, and in TLS, if that is wanted? Nothing is said, so no session is disturbed. */
export async function checkAddress(address: Address, caFile?: string): Promise<Finding> {
  const { key, host, port, tls } = address
  const code = await codeOfConnecting(address, caFile)
  const about = { check: 'network', subject: key } as const
  if (code === undefined) {
    return {
      ...about,
      verdict: 'fine',
      sentence: `${host}:${port} answers${tls ? ', and its certificate is trusted' : ''}`,
    }
  }
  return { ...about, verdict: 'unreachable', sentence: sentenceFor(address, code) }
}

/** What people can do about an error of the system. */
export function sentenceFor({ host, port, tls }: Address, code: string): string {
  const where = `${host}:${port}`
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The name ${host} is not known here. Check its spelling and the DNS server of this machine.`
    case 'ECONNREFUSED':
      return `${host} is there, but nothing listens on port ${port}. Start it, or correct the port.`
    case 'ETIMEDOUT':
      return `${where} does not answer within ${patienceMs / 1000} s. Is it switched on, on this network, and let through by the firewall?`
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `There is no way from here to ${host}. Check cable, address and gateway of this machine.`
    default:
      return tls
        ? `${where} answers, but not in TLS that can be trusted (${code}). Check \`caFile\`, the name in the certificate and the clock.`
        : `${where} cannot be reached (${code}).`
  }
}

async function codeOfConnecting({ host, port, tls }: Address, caFile: string | undefined): Promise<string | undefined> {
  const ca = caFile === undefined ? undefined : await readFile(caFile).catch(() => undefined)
  return new Promise((resolve) => {
    const done = (code: string | undefined) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(code)
    }
    const socket: Socket = tls
      ? connectTls({ host, port, ...(isIP(host) === 0 && { servername: host }), ...(ca !== undefined && { ca }) }, () =>
          done(undefined),
        )
      : connect({ host, port }, () => done(undefined))
    const timer = setTimeout(() => done('ETIMEDOUT'), patienceMs)
    socket.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message))
  })
}
