import { z } from 'zod'
import { regions } from '../../commands/dialect.ts'
import { streamProtocolNames } from '../../decoders/protocol.ts'
import { DeviceId, ReadPoints, SerialPath, SilentAfterMs } from '../common-options.ts'

/** What a pattern of the configuration is; `undefined`: it is none, or names no EPC. */
function patternOf(text: string): RegExp | undefined {
  try {
    return text.includes('(?<epc>') ? new RegExp(text) : undefined
  } catch {
    return undefined // no regular expression
  }
}

export const SerialOptions = z
  .strictObject({
    type: z.literal('serial').describe('a reader on a serial port'),
    id: DeviceId.describe('id of the reader'),
    path: SerialPath,
    baudRate: z.int().min(300).max(4_000_000).default(115_200).describe('8 data bits, no parity, 1 stop bit'),
    protocol: z.enum(streamProtocolNames).describe('what the reader speaks'),
    pattern: z
      .string()
      .max(256)
      .refine((text) => patternOf(text) !== undefined, 'is no regular expression with a group `(?<epc>…)`')
      .optional()
      .describe(
        'with `tag-lines`: a regular expression that tells where `(?<epc>…)`, `(?<rssi>…)`, `(?<antenna>…)`, `(?<tid>…)` stand',
      ),
    active: z
      .boolean()
      .default(true)
      .describe('tell the reader to read, where the protocol has commands for it; false only listens'),
    powerDbm: z.int().min(0).max(40).optional().describe('transmit power; absent: as the reader is set'),
    region: z.enum(regions).optional().describe('band; absent: as the reader is set'),
    antennas: z
      .array(z.int().min(1).max(16))
      .min(1)
      .max(16)
      .optional()
      .describe('ports to read in turn; absent: as the reader is set'),
    silentAfterMs: SilentAfterMs.optional().describe(
      'no valid data for so long is `silent`, and the port is opened anew; 10000 where we tell the reader to read, else not watched',
    ),
    readPoints: ReadPoints,
  })
  .refine(({ protocol, pattern }) => pattern === undefined || protocol === 'tag-lines', {
    path: ['pattern'],
    message: 'only lines (`tag-lines`) have a pattern',
  })
export type SerialOptions = z.infer<typeof SerialOptions>
