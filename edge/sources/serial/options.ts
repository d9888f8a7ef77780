import { z } from 'zod'
import { streamProtocolNames } from '../../decoders/protocol.ts'
import { DeviceId, ReadPoints, SerialPath, SilentAfterMs } from '../common-options.ts'

export const SerialOptions = z.strictObject({
  type: z.literal('serial').describe('a reader on a serial port'),
  id: DeviceId.describe('id of the reader'),
  path: SerialPath,
  baudRate: z.int().min(300).max(4_000_000).default(115_200).describe('8 data bits, no parity, 1 stop bit'),
  protocol: z.enum(streamProtocolNames).describe('what the reader speaks'),
  active: z
    .boolean()
    .default(true)
    .describe('start the inventory, where the protocol has a command for it; false only listens'),
  silentAfterMs: SilentAfterMs.optional().describe(
    'no valid data for so long is `silent`; 10000 where the inventory is started by us, else not watched',
  ),
  readPoints: ReadPoints,
})
export type SerialOptions = z.infer<typeof SerialOptions>
