import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { type Allowed, mayReach } from './network.ts'

/** Why nothing was sent. */
export interface Blocked {
  readonly blocked: string
}

export interface Reachable {
  readonly first: LookupAddress
  /** All of them; at least one. */
  readonly addresses: readonly LookupAddress[]
}

export type Resolve = (host: string) => Promise<readonly LookupAddress[]>
export const resolveName: Resolve = (host) => lookup(host, { all: true })

/**
 * Where the host of an address is. Every address that its name has must be allowed, and whoever connects takes one of
 * these: a name that answers differently the second time (DNS rebinding) gains nothing.
 * @throws what DNS throws, and the reason of `signal`.
 */
export async function reachable(
  url: URL,
  allowed: Allowed,
  signal: AbortSignal,
  resolve: Resolve,
): Promise<Reachable | Blocked> {
  const host = hostOf(url)
  const family = isIP(host)
  const addresses = family === 0 ? await within(signal, resolve(host)) : [{ address: host, family }]
  const [first] = addresses
  const forbidden = addresses.find(({ address }) => !mayReach(allowed, host, address))
  if (first === undefined) return { blocked: `${host} has no address.` }
  if (forbidden === undefined) return { first, addresses }
  return {
    blocked: `${host} is at ${forbidden.address}, inside a network that is not public. Name it in notify.allow of the configuration if it shall be reached.`,
  }
}

/** Without the brackets of IPv6. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '')
}

/** `dns.lookup` cannot be ended; whoever waits can. */
async function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted()
  const { promise, reject } = Promise.withResolvers<never>()
  const stop = () => reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
