import { accepted, refused } from '../../shared/decoded.ts'
import { a0FrameAt } from '../framing/a0.ts'
import { refusalOf } from '../framing/resync.ts'
import { epcFromBytes } from './epc.ts'
import type { Decoder } from './reading.ts'

export const a0Codes = { power: 0x66, antenna: 0x74, region: 0x78, inventory: 0x89 } as const
const success = 0x10
/** Length byte of an answer that is one code, and of the one that ends a round (antenna, rate, total). */
export const a0Lengths = { code: 0x04, roundOver: 0x0a } as const
/** Address, command, frequency and antenna, PC (2), RSSI and checksum, around the EPC. */
const aroundEpcBytes = 7
/** The RSSI byte counts dB above it (protocol V3.7, table of RSSI). */
const rssiFloorDbm = -129

/**
 * Answers of the A0 family to a real-time inventory (command 89): `frequency(6 bits) antenna(2 bits) PC(2) EPC RSSI`.
 * The top bit of the RSSI is the third bit of the antenna, on readers with eight. The end of a round, and commands that
 * succeeded, hold no readings; other codes are refused as `status`.
 */
export const decodeA0: Decoder = (frame, context) => {
  const reason = refusalOf(frame, a0FrameAt)
  if (reason !== undefined) return refused(reason)
  const [, length = 0, address, code, first = 0] = frame
  const isAnswerCode = length === a0Lengths.code && address !== 0xff
  if (isAnswerCode && first !== success) return refused('status', `error 0x${first.toString(16)}`)
  if (code !== a0Codes.inventory || length <= a0Lengths.code || length === a0Lengths.roundOver) return accepted([])
  const epc = length <= aroundEpcBytes ? undefined : epcFromBytes(frame.subarray(7, -2))
  if (epc === undefined) return refused('length', 'EPC')
  const signal = frame.at(-2) ?? 0
  return accepted([
    {
      type: 'tag',
      at: context.at,
      device: context.device,
      antenna: 1 + (first & 0x03) + (signal >= 0x80 ? 4 : 0),
      epc,
      rssiDbm: (signal & 0x7f) + rssiFloorDbm,
      count: 1,
    },
  ])
}
