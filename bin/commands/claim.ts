import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { EdgeConfig } from '../../edge/config.ts'
import { Fault } from '../../shared/fault.ts'
import { ask, isOpenToListeners, refusalOf } from '../ask.ts'
import { writeSecretFile } from '../secret-file.ts'
import { loadConfiguration } from '../surroundings.ts'
import type { Terminal } from '../terminal.ts'

const Claimed = z.object({ site: z.string(), gateway: z.string(), secret: z.string() })

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
  if (isOpenToListeners(url) && !allowPlaintext)
    throw new Fault(
      'not-allowed',
      `${cloud} is not encrypted: the secret would be read on the way. Use https://, or set uplink.allowPlaintext.`,
    )
  const ca = caFile === undefined ? undefined : await readFile(caFile, 'utf8')
  const answer = await ask({ method: 'POST', url, body: { token }, ...(ca === undefined ? {} : { ca }) })
  if (answer.status !== 201) throw new Fault('not-allowed', `The cloud gave no secret: ${refusalOf(answer)}`)
  const { site, gateway: id, secret } = Claimed.parse(answer.body)
  if (site !== gateway.site || id !== gateway.id)
    throw new Fault(
      'conflict',
      `The token is for ${site}/${id}, and this is ${gateway.site}/${gateway.id}. Revoke ${site}/${id} and make a token for this one.`,
    )
  writeSecretFile(secretFile, { replace: true }, () => secret)
  terminal.line(`${site}/${id} has its secret, in ${secretFile}.`)
}
