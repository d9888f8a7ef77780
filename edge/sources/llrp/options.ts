import { z } from 'zod'
import { DeviceId, ReadPoints } from '../common-options.ts'

const Port = z.int().min(1).max(65_535)
const File = z.string().min(1)

const Antenna = z
  .strictObject({
    port: z.int().min(1).max(255),
    transmitPowerDbm: z
      .number()
      .min(-10)
      .max(40)
      .optional()
      .describe('the strongest level of the reader that is not above it; default: as the reader is set'),
    transmitPowerIndex: z
      .int()
      .min(1)
      .max(0xffff)
      .optional()
      .describe("row of the reader's own table of power levels, instead of `transmitPowerDbm`"),
  })
  .refine((one) => one.transmitPowerDbm === undefined || one.transmitPowerIndex === undefined, {
    path: ['transmitPowerIndex'],
    message: 'either `transmitPowerDbm` or `transmitPowerIndex`',
  })

const Gpi = z.strictObject({
  port: z.int().min(1).max(255).describe('input of the reader, e.g. of a light barrier'),
  level: z.enum(['high', 'low']).default('high').describe('reading begins when the input goes there'),
  longestMs: z
    .int()
    .min(100)
    .max(3_600_000)
    .default(60_000)
    .describe('reading ends when the input goes back, or after this time'),
})

const Tls = z
  .strictObject({
    caFile: File.optional().describe("PEM: authority to trust, or the reader's own certificate; default: the system's"),
    serverName: z.string().min(1).max(253).optional().describe("name in the reader's certificate; default: `host`"),
    certFile: File.optional().describe('PEM: our certificate, for readers that ask for one'),
    keyFile: File.optional().describe('PEM: its key'),
  })
  .refine(({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined), {
    path: ['keyFile'],
    message: '`certFile` and `keyFile` go together',
  })

export const LlrpOptions = z.strictObject({
  type: z.literal('llrp').describe('a fixed reader that speaks LLRP; it takes one client at a time'),
  id: DeviceId.describe('id of the reader'),
  host: z.string().min(1).max(253).describe('name or address of the reader'),
  port: Port.optional().describe('default: 5084, with `tls` 5085'),
  tls: Tls.optional().describe('present: the connection is encrypted'),
  protocolVersion: z
    .enum(['1.0.1', '1.1'])
    .default('1.0.1')
    .describe('1.1 is asked for and falls back to 1.0.1; every reader speaks 1.0.1'),
  antennas: z.array(Antenna).min(1).max(64).optional().describe('ports to read with; default: all, as they are set'),
  session: z.int().min(0).max(3).default(1).describe('Gen2 session: how long a tag keeps quiet once it was read'),
  tagPopulation: z.int().min(1).max(0xffff).default(32).describe('tags expected in the field at once'),
  rfMode: z.int().min(0).max(0xffff_ffff).optional().describe("mode of the reader's own table; default: as it is set"),
  reportEveryTags: z
    .int()
    .min(1)
    .max(0xffff)
    .default(1)
    .describe('tag reads in one report; what waits for more of them is fetched every second'),
  gpi: Gpi.optional().describe('absent: the reader reads all the time'),
  inputs: z
    .array(z.int().min(1).max(255))
    .max(16)
    .default([])
    .describe('inputs of the reader whose changes are listened to: light barriers of a gate'),
  keepaliveSeconds: z
    .number()
    .min(0.1)
    .max(60)
    .default(2)
    .describe('the reader says so often that it is there; missing three times, it is connected to anew'),
  readPoints: ReadPoints,
})
export type LlrpOptions = z.infer<typeof LlrpOptions>
