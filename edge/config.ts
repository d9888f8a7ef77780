import { z } from 'zod'
import { Identifier } from '../shared/identifier.ts'
import { CleanOptions } from './clean/options.ts'
import type { ReaderSettings } from './commands/dialect.ts'
import { commandsOf } from './decoders/catalogue.ts'
import { OutputOptions } from './outputs/options.ts'
import { SourceOptions } from './sources/catalogue.ts'
import type { SerialOptions } from './sources/serial/options.ts'

/** How the gateway reaches the cloud. */
const Uplink = z
  .strictObject({
    url: z.url({ protocol: /^mqtts?$/ }).describe('MQTT broker of the cloud, e.g. mqtts://warepulse.example:8883'),
    secret: z
      .string()
      .min(1)
      .optional()
      .describe('of this gateway, as `warepulse gateway add` printed it; better in a file'),
    secretFile: z.string().min(1).optional().describe('file that holds the secret'),
    allowPlaintext: z
      .boolean()
      .default(false)
      .describe('let mqtt:// leave this machine: whoever is on the wire can then read it and take the secret'),
    caFile: z.string().min(1).optional().describe('certificate authority to trust, PEM; default: those of the system'),
  })
  .refine(({ secret, secretFile }) => (secret === undefined) !== (secretFile === undefined), {
    path: ['secret'],
    message: 'exactly one of `secret` and `secretFile` is needed',
  })
  .refine(
    ({ url, allowPlaintext }) => allowPlaintext || !url.startsWith('mqtt:') || isLoopback(new URL(url).hostname),
    {
      path: ['url'],
      message: 'mqtt:// to another machine is not encrypted: use mqtts://, or set uplink.allowPlaintext',
    },
  )

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.')
}

/**
 * Configuration of a gateway: who it is, where it reports, what it keeps, and which devices it serves. Strict: a key
 * that is not here is a mistake. Sites, slots, read points and rules are not configuration: the cloud has them.
 */
export const EdgeConfig = z
  .strictObject({
    version: z.literal(1).describe('of this file format'),
    gateway: z.strictObject({
      site: Identifier.describe('site that the gateway stands in'),
      id: Identifier.describe('of the gateway, as `warepulse gateway add` knows it'),
    }),
    uplink: Uplink,
    spool: z
      .strictObject({
        directory: z.string().min(1).default('./warepulse-spool').describe('on a disk that survives power cuts'),
        maxBytes: z
          .int()
          .min(4 * 1024 * 1024)
          .default(1024 * 1024 * 1024)
          .describe('bound of the spool; beyond it the oldest of the least important goes, and a gap is recorded'),
      })
      .prefault({}),
    sources: z.array(SourceOptions).max(256).default([]).describe('devices, or connections to several of them'),
    clean: CleanOptions.prefault({}),
    outputs: z
      .array(OutputOptions)
      .max(16)
      .default([])
      .describe('what rules that run on this gateway may switch; they can name what is here and nothing else'),
    metrics: z
      .strictObject({
        host: z.string().default('127.0.0.1').describe('address to listen on; 0.0.0.0 lets the network in'),
        port: z.int().min(0).max(65_535).describe('of /metrics, /healthz and /refused'),
      })
      .optional()
      .describe('absent: no port is opened'),
    log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info') }).prefault({}),
  })
  .superRefine(({ sources }, context) => {
    for (const [i, source] of sources.entries()) {
      const message = source.type === 'serial' ? refusedSettings(source) : undefined
      if (message !== undefined) context.addIssue({ code: 'custom', path: ['sources', i], message })
    }
  })
  .superRefine(({ outputs }, context) => {
    for (const [i, { id }] of outputs.entries()) {
      if (outputs.findIndex((other) => other.id === id) === i) continue
      context.addIssue({ code: 'custom', path: ['outputs', i, 'id'], message: `there is an output "${id}" already` })
    }
  })
  .superRefine(({ gateway, sources }, context) => {
    const taken = new Set([gateway.id])
    for (const [i, source] of sources.entries()) {
      for (const { id, path } of namesOf(source)) {
        if (taken.has(id)) {
          const message = `"${id}" is the name of something else already; ids are unique within a gateway`
          context.addIssue({ code: 'custom', path: ['sources', i, ...path], message })
        }
        taken.add(id)
      }
    }
  })
export type EdgeConfig = z.infer<typeof EdgeConfig>

/** Ids that a source gives to devices. */
function namesOf(source: SourceOptions): readonly { readonly id: string; readonly path: readonly PropertyKey[] }[] {
  const own = { id: source.id, path: ['id'] }
  if (source.type !== 'modbus-rtu' && source.type !== 'modbus-tcp') return [own]
  return [own, ...source.slaves.map(({ sensor }, i) => ({ id: sensor, path: ['slaves', i, 'sensor'] }))]
}

/** Why the reader of a serial source cannot be set as it says. */
function refusedSettings({ protocol, active, powerDbm, region, antennas }: SerialOptions): string | undefined {
  const settings: ReaderSettings = { powerDbm, region, antennas }
  const dialect = active ? commandsOf(protocol)?.dialect : undefined
  if (dialect !== undefined) return dialect.refuse(settings)
  const isSet = powerDbm !== undefined || region !== undefined || antennas !== undefined
  return isSet ? 'powerDbm, region and antennas: nothing is said to a reader that is only listened to' : undefined
}
