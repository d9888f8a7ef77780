import type { RequestOptions } from 'node:http'
import { request as secure } from 'node:https'
import type { Allowed } from './network.ts'
import type { Post } from './post-of.ts'
import { type Blocked, type Resolve, reachable, resolveName } from './reachable.ts'

export interface Answer {
  readonly status: number
  /** At most `mostBytes` of it. */
  readonly body: string
  readonly retryAfter: string | undefined
}

const mostBytes = 8192

/** Not imported: that would ask for every name of the module, and one is a client for WebSockets, 3 MB (Node 24.21). */
const { request: plain } = process.getBuiltinModule('node:http')

/**
 * Posts once, to an address that was checked. Redirects are not followed. What they answer is read up to 8 KiB.
 * @throws what DNS, TLS and sockets throw, and the reason of `signal`.
 */
export async function sendHttp(
  post: Post,
  allowed: Allowed,
  signal: AbortSignal,
  resolve: Resolve = resolveName,
): Promise<Answer | Blocked> {
  const url = new URL(post.url)
  const found = await reachable(url, allowed, signal, resolve)
  if ('blocked' in found) return found
  const { first, addresses } = found
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
