import { z } from 'zod'
import { Fault } from '../shared/fault.ts'
import { NotifyConfig } from './notify/config.ts'
import { SeriesConfig } from './series/catalogue.ts'
import { isLoopback, TlsChoice } from './tls/choice.ts'

const Port = z.int().min(0).max(65_535)

/** Configuration of the cloud process. Strict: a key that is not here is a mistake. Sites, slots and rules are not configuration: they are journalled. */
export const CloudConfig = z.strictObject({
  version: z.literal(1).describe('of this file format'),
  dataDirectory: z.string().min(1).default('./warepulse-data').describe('journal, read models and accounts'),
  http: z
    .strictObject({
      host: z.string().default('127.0.0.1').describe('address to listen on; 0.0.0.0 lets the network in'),
      port: Port.default(8080).describe('board, API and live link'),
      trustProxy: z
        .array(z.string())
        .default([])
        .describe('addresses or CIDRs of proxies whose X-Forwarded-* is believed'),
      publicOrigins: z
        .array(z.url())
        .default([])
        .describe('origins people use when a proxy changes the Host, e.g. https://board.example'),
      tls: TlsChoice.optional().describe('serve https; `auto`: a certificate of a local authority made here'),
      allowPlaintext: z
        .boolean()
        .default(false)
        .describe('serve the network without TLS; a proxy or a trusted wire must stand in for it'),
      metricsForAll: z.boolean().default(false).describe('/metrics for other machines too'),
    })
    .prefault({}),
  broker: z
    .strictObject({
      host: z.string().default('127.0.0.1').describe('address that gateways connect to; embedded broker only'),
      port: Port.default(1883).describe('embedded broker only'),
      tls: TlsChoice.optional().describe('serve mqtts, as `http.tls`; embedded broker only'),
      allowPlaintext: z
        .boolean()
        .default(false)
        .describe('let gateways of the network in without TLS, or speak to an external broker so'),
      url: z
        .url({ protocol: /^mqtts?$/ })
        .optional()
        .describe(
          'an external MQTT broker instead of the embedded one; its own permissions must bind topics to gateways',
        ),
      username: z.string().optional().describe('for the external broker'),
      passwordFile: z.string().optional().describe('for the external broker'),
    })
    .prefault({}),
  tls: z
    .strictObject({
      names: z
        .array(z.string().min(1))
        .default([])
        .describe('further names and addresses of this server for the certificate of `auto`, e.g. board.example'),
    })
    .prefault({}),
  journal: z
    .strictObject({
      keepDays: z
        .int()
        .min(8)
        .max(36_500)
        .optional()
        .describe(
          'cut off what is older, once every read model has a base that holds it; without it everything is kept',
        ),
    })
    .prefault({}),
  evidence: z
    .strictObject({
      keepDays: z
        .int()
        .min(2)
        .max(3650)
        .default(30)
        .describe('for so long what antennas, gates and people said of each item is kept, for those who ask why'),
    })
    .prefault({}),
  series: SeriesConfig.prefault({}),
  notify: NotifyConfig.prefault({}),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info') }).prefault({}),
})
export type CloudConfig = z.infer<typeof CloudConfig>

type Doors = Pick<CloudConfig, 'http' | 'broker'>

/** Doors that more than this machine can reach, and that read and write in the clear. */
export function plaintextDoors({
  http,
  broker,
}: Doors): readonly { readonly door: keyof Doors; readonly where: string }[] {
  const doors: { door: keyof Doors; where: string }[] = []
  if (http.tls === undefined && !isLoopback(http.host))
    doors.push({ door: 'http', where: `http on ${http.host}:${http.port}` })
  if (broker.url === undefined) {
    if (broker.tls === undefined && !isLoopback(broker.host))
      doors.push({ door: 'broker', where: `mqtt on ${broker.host}:${broker.port}` })
  } else if (broker.url.startsWith('mqtt:') && !isLoopback(new URL(broker.url).hostname))
    doors.push({ door: 'broker', where: `the link to ${broker.url}` })
  return doors
}

/**
 * Not part of the schema, since `--tls auto` may stand on one command line and not on the next (`user link`).
 * @throws Fault `config-invalid` for a door without TLS that nobody has allowed.
 */
export function refusePlaintext(config: Doors): void {
  for (const { door, where } of plaintextDoors(config)) {
    if (config[door].allowPlaintext) continue
    throw new Fault(
      'config-invalid',
      `${where} would be open to the network without TLS. Set ${door}.tls, or start with --tls auto; or set ${door}.allowPlaintext if a proxy or a trusted wire stands in for it.`,
    )
  }
}
