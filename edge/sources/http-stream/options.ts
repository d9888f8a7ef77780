import { z } from 'zod'
import { Mapping } from '../../decoders/mapping/options.ts'
import { DeviceId, ReadPoints, SilentAfterMs } from '../common-options.ts'

export const HttpStreamOptions = z
  .strictObject({
    type: z
      .literal('http-stream')
      .describe(
        'a reader or sensor that keeps an HTTP answer open and writes one JSON document a line, as the Impinj R700',
      ),
    id: DeviceId.describe('id of the reader'),
    url: z.url({ protocol: /^https?$/ }).describe('e.g. https://impinj-10-20-30.lan/api/v1/data/stream'),
    protocol: z.enum(['impinj-r700', 'scan-json']).optional().describe('what is said there'),
    mapping: Mapping.optional().describe('how JSON of any other sensor is read, in place of `protocol`'),
    username: z.string().min(1).max(128).optional().describe('for HTTP basic authentication'),
    passwordFile: z.string().min(1).optional().describe('file that holds the password; needs `username`'),
    caFile: z
      .string()
      .min(1)
      .optional()
      .describe("PEM: authority to trust, or the reader's own certificate; default: the system's"),
    stalledAfterMs: z
      .int()
      .min(1000)
      .max(3_600_000)
      .default(30_000)
      .describe('without a byte for so long, blank lines counted, it is connected anew'),
    silentAfterMs: SilentAfterMs.optional().describe('nothing valid for so long is `silent`; default: not watched'),
    readPoints: ReadPoints,
  })
  .refine(({ protocol, mapping }) => (protocol === undefined) !== (mapping === undefined), {
    path: ['protocol'],
    message: 'needs either `protocol` or `mapping`',
  })
  .refine(({ username, passwordFile }) => (passwordFile === undefined) === (username === undefined), {
    path: ['passwordFile'],
    message: '`username` and `passwordFile` go together',
  })
export type HttpStreamOptions = z.infer<typeof HttpStreamOptions>
