import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'
import { request as plain, type RequestOptions } from 'node:http'
import { request as secure } from 'node:https'
import { isIP } from 'node:net'
import { type Allowed, mayReach } from './network.ts'
import type { Post } from './post-of.ts'

export interface Answer {
  readonly status: number
  /** At most `mostBytes` of it. */
  readonly body: string
  readonly retryAfter: string | undefined
}

/** Why nothing was sent. */
export interface Blocked {
  readonly blocked: string
}

const mostBytes = 8192

/**
 * Posts once. The name is resolved here, every address of it must be allowed, and the connection goes to an address that
 * was checked: a name that answers differently the second time (DNS rebinding) gains nothing. Redirects are not
 * followed. What they answer is read up to 8 KiB.
 * @throws what DNS, TLS and sockets throw, and the reason of `signal`.
 */
export async function sendHttp(
  post: Post,
  allowed: Allowed,
  signal: AbortSignal,
  resolve: (host: string) => Promise<readonly LookupAddress[]> = (host) => lookup(host, { all: true }),
): Promise<Answer | Blocked> {
  const url = new URL(post.url)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const family = isIP(host)
  const addresses = family === 0 ? await within(signal, resolve(host)) : [{ address: host, family }]
  const [first] = addresses
  const forbidden = addresses.find(({ address }) => !mayReach(allowed, host, address))
  if (first === undefined) return { blocked: `${host} has no address.` }
  if (forbidden !== undefined)
    return {
      blocked: `${host} is at ${forbidden.address}, inside a network that is not public. Name it in notify.allow of the configuration if it shall be reached.`,
    }
  const options: RequestOptions = {
    method: 'POST',
    headers: { ...post.headers, 'content-length': String(Buffer.byteLength(post.body)), 'user-agent': 'warepulse' },
    agent: false,
    signal,
    lookup: (_host, { all }, tell) =>
      all === true ? tell(null, [...addresses]) : tell(null, first.address, first.family),
  }
  const answer = Promise.withResolvers<Answer>()
  const sent = url.protocol === 'https:' ? secure(url, options) : plain(url, options)
  sent.on('error', answer.reject)
  sent.on('response', (response) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const end = () => {
      const { statusCode: status = 0, headers } = response
      const body = Buffer.concat(chunks).subarray(0, mostBytes).toString('utf8')
      answer.resolve({ status, body, retryAfter: headers['retry-after'] })
      response.destroy()
    }
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes >= mostBytes) end()
    })
    response.on('end', end)
    response.on('error', answer.reject)
  })
  sent.end(post.body)
  return answer.promise
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
