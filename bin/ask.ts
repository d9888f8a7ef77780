import { request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'
import { z } from 'zod'
import { Fault } from '../shared/fault.ts'

export interface Question {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: URL
  /** Sent as JSON. */
  readonly body?: unknown
  /** An API token, sent as `Authorization: Bearer`. */
  readonly token?: string
  /** PEM of the authority that signed the certificate of the cloud, where the system does not know it. */
  readonly ca?: string
}

const patienceMs = 10_000
const Refused = z.object({ detail: z.string().optional(), title: z.string() })

/** Asks the HTTP API of a cloud. A Fault `not-reachable` when none answers within 10 s, or what answers speaks no JSON. */
export function ask({ method, url, body, token, ca }: Question): Promise<{ status: number; body: unknown }> {
  const send = url.protocol === 'https:' ? requestTls : requestPlain
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const headers = {
      ...(text === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    }
    const asked = send(url, { method, headers, timeout: patienceMs, ...(ca === undefined ? {} : { ca }) }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () => {
        try {
          resolve({ status: answer.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) })
        } catch (cause) {
          reject(
            new Fault('not-reachable', `${url.origin} is not a Warepulse cloud: its answer is not JSON.`, { cause }),
          )
        }
      })
    })
    asked.on('timeout', () => asked.destroy(new Error('no answer within 10 s')))
    asked.on('error', (cause) =>
      reject(new Fault('not-reachable', `The cloud ${url.origin} cannot be reached: ${cause.message}.`, { cause })),
    )
    asked.end(text)
  })
}

/** Why the cloud said no, in its own words. */
export function refusalOf({ status, body }: { readonly status: number; readonly body: unknown }): string {
  const refused = Refused.safeParse(body)
  return refused.success ? (refused.data.detail ?? refused.data.title) : `it answered ${status}`
}

/** Would what is sent to this address be read on the way? */
export function isOpenToListeners({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && !['localhost', '127.0.0.1', '[::1]'].includes(hostname)
}
