import { createHash, X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { hostname as nameOfMachine, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import type { RandomBytes } from '../accounts/secret.ts'
import { type PairFiles, readPair } from './pair.ts'

/** Renewed so long before its end that a clock some days wrong, or a week without power, does no harm. */
const renewBeforeMs = 30 * 86_400_000

/** What `tls: auto` keeps in the data directory. */
export interface OwnPair extends PairFiles {
  /** Certificate of the local authority: what browsers and gateways must trust. */
  readonly authorityFile: string
}

function ownPairIn(dataDirectory: string): OwnPair {
  const directory = join(dataDirectory, 'tls')
  return {
    authorityFile: join(directory, 'authority.pem'),
    keyFile: join(directory, 'server.key'),
    certFile: join(directory, 'server.pem'),
  }
}

/**
 * Makes the local authority if there is none, and a server certificate if there is none, if it nears its end, or if
 * this machine has a name or address that it does not speak for. Keys are readable by their owner alone (0600).
 */
export async function ensureOwnPair(
  dataDirectory: string,
  names: readonly string[],
  now: number,
  randomBytes: RandomBytes,
): Promise<OwnPair> {
  const own = ownPairIn(dataDirectory)
  const authorityKeyFile = join(dataDirectory, 'tls', 'authority.key')
  if (await isGoodFor(own, names, now)) return own
  // Signing is seldom: the library behind it is loaded only then.
  const { makeAuthority, makeServerPair } = await import('./authority.ts')
  await mkdir(join(dataDirectory, 'tls'), { recursive: true, mode: 0o700 })
  if (!existsSync(authorityKeyFile) || !existsSync(own.authorityFile)) {
    const authority = await makeAuthority(now, randomBytes)
    await put(authorityKeyFile, authority.key, 0o600)
    await put(own.authorityFile, authority.cert, 0o644)
  }
  const authority = {
    key: await readFile(authorityKeyFile, 'utf8'),
    cert: await readFile(own.authorityFile, 'utf8'),
  }
  const server = await makeServerPair(authority, names, now, randomBytes)
  await put(own.keyFile, server.key, 0o600)
  await put(own.certFile, server.cert, 0o644)
  return own
}

/** Names and addresses by which this machine can be reached, and those that were configured. */
export function namesOfMachine(configured: readonly string[]): readonly string[] {
  const addresses = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .map(({ address }) => address)
    .filter((address) => !address.startsWith('fe80:'))
  return [...new Set(['localhost', '127.0.0.1', '::1', nameOfMachine(), ...addresses, ...configured])]
}

/** SHA-256 of the certificate, as browsers show it. */
export function fingerprintOf(cert: string): string {
  const { raw } = new X509Certificate(cert)
  return (createHash('sha256').update(raw).digest('hex').toUpperCase().match(/../g) ?? []).join(':')
}

async function isGoodFor(own: OwnPair, names: readonly string[], now: number): Promise<boolean> {
  if (!existsSync(own.authorityFile) || !existsSync(own.certFile) || !existsSync(own.keyFile)) return false
  try {
    const { cert, expiresAt } = await readPair(own)
    const certificate = new X509Certificate(cert)
    const speaksFor = (name: string) =>
      certificate.checkHost(name, { subject: 'never' }) !== undefined || certificate.checkIP(name) !== undefined
    return expiresAt - now > renewBeforeMs && names.every(speaksFor)
  } catch {
    return false // broken halfway through a renewal: make it anew
  }
}

async function put(path: string, text: string, mode: number): Promise<void> {
  await writeFile(`${path}.new`, text, { mode, flush: true })
  await rename(`${path}.new`, path)
}
