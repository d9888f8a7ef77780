import { z } from 'zod'
import { SeriesConfig } from './series/catalogue.ts'

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
      metricsForAll: z.boolean().default(false).describe('/metrics for other machines too'),
    })
    .prefault({}),
  broker: z
    .strictObject({
      host: z.string().default('127.0.0.1').describe('address that gateways connect to; embedded broker only'),
      port: Port.default(1883).describe('embedded broker only'),
      tls: z
        .strictObject({ keyFile: z.string(), certFile: z.string() })
        .optional()
        .describe('serve mqtts with this key and certificate; embedded broker only'),
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
  series: SeriesConfig.prefault({}),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info') }).prefault({}),
})
export type CloudConfig = z.infer<typeof CloudConfig>
