import { chmod, readFile, rename, writeFile } from 'node:fs/promises'
import { request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'
import { z } from 'zod'
import { EdgeConfig } from '../../edge/config.ts'
import { Fault } from '../../shared/fault.ts'
import { loadConfiguration } from '../surroundings.ts'
import type { Terminal } from '../terminal.ts'

const Claimed = z.object({ site: z.string(), gateway: z.string(), secret: z.string() })
const Refused = z.object({ detail: z.string().optional(), title: z.string() })

/**
 * `warepulse gateway claim <cloud> <token>`, on the gateway: fetches its secret and puts it where the configuration
 * says, readable by its owner alone. Nobody ever sees it.
 */
export async function claim(
  cloud: string,
  token: string,
  options: { readonly config: string },
  terminal: Terminal,
): Promise<void> {
  const { gateway, uplink } = loadConfiguration(EdgeConfig, options.config)
  const { secretFile, caFile, allowPlaintext } = uplink
  if (secretFile === undefined)
    throw new Fault('config-invalid', 'Name uplink.secretFile in the configuration: the secret is put there.')
  const url = new URL('/api/v1/claims', cloud)
  if (url.protocol === 'http:' && !['localhost', '127.0.0.1', '[::1]'].includes(url.hostname) && !allowPlaintext)
    throw new Fault(
      'not-allowed',
      `${cloud} is not encrypted: the secret would be read on the way. Use https://, or set uplink.allowPlaintext.`,
    )
  const ca = caFile === undefined ? undefined : await readFile(caFile, 'utf8')
  const { status, body } = await post(url, { token }, ca)
  if (status !== 201) {
    const refused = Refused.safeParse(body)
    const why = refused.success ? (refused.data.detail ?? refused.data.title) : `it answered ${status}`
    throw new Fault('not-allowed', `The cloud gave no secret: ${why}`)
  }
  const { site, gateway: id, secret } = Claimed.parse(body)
  if (site !== gateway.site || id !== gateway.id)
    throw new Fault(
      'conflict',
      `The token is for ${site}/${id}, and this is ${gateway.site}/${gateway.id}. Revoke ${site}/${id} and make a token for this one.`,
    )
  await writeFile(`${secretFile}.new`, `${secret}\n`, { mode: 0o600, flush: true })
  await chmod(`${secretFile}.new`, 0o600)
  await rename(`${secretFile}.new`, secretFile)
  terminal.line(`${site}/${id} has its secret, in ${secretFile}.`)
}

function post(url: URL, body: object, ca: string | undefined): Promise<{ status: number; body: unknown }> {
  const send = url.protocol === 'https:' ? requestTls : requestPlain
  return new Promise((resolve, reject) => {
    const text = JSON.stringify(body)
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
    const asked = send(
      url,
      { method: 'POST', headers, timeout: 10_000, ...(ca === undefined ? {} : { ca }) },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () => {
          try {
            resolve({ status: answer.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) })
          } catch (cause) {
            reject(
              new Fault('not-reachable', `${url.origin} is no Warepulse cloud: its answer is not JSON.`, { cause }),
            )
          }
        })
      },
    )
    asked.on('timeout', () => asked.destroy(new Error('no answer within 10 s')))
    asked.on('error', (cause) =>
      reject(new Fault('not-reachable', `The cloud ${url.origin} cannot be reached: ${cause.message}.`, { cause })),
    )
    asked.end(text)
  })
}
