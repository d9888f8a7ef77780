import { a0Codes as codes, a0Lengths as lengths } from '../decoders/a0.ts'
import { type Dialect, refuseBeyond } from './dialect.ts'

/** Every reader answers to it. */
const anyAddress = 0xff
const success = 0x10
/** Region, first and last of its channels (protocol V3.7, frequency table). */
const regionChannels = { fcc: [0x01, 0x07, 0x3b], etsi: [0x02, 0x00, 0x06], china: [0x03, 0x2b, 0x35] } as const
const oneRound = 0x01

/**
 * The A0 family: each round is asked for, at the antenna chosen before. Power is set until the reader is switched off
 * (66, not 76: that one wears the reader's flash at every start).
 */
export const a0Dialect: Dialect = {
  refuse: (settings) => refuseBeyond(settings, { powerDbm: [20, 33], regions: ['etsi', 'fcc', 'china'], ports: 8 }),
  setUp: ({ powerDbm, region }) => [
    ...(region === undefined || region === 'korea' ? [] : [command(codes.region, ...regionChannels[region])]),
    ...(powerDbm === undefined ? [] : [command(codes.power, powerDbm)]),
  ],
  inventory({ antennas }) {
    const round = command(codes.inventory, oneRound)
    return antennas?.flatMap((port) => [command(codes.antenna, port - 1), round]) ?? [round]
  },
  isPolled: true,
  judge(frame, sent) {
    const [, length, , code, said] = frame
    if (code !== sent[3]) return 'other'
    if (code !== codes.inventory) return said === success ? 'done' : 'failed'
    if (length === lengths.code) return 'failed'
    return length === lengths.roundOver ? 'done' : 'other'
  },
}

function command(code: number, ...data: readonly number[]): Uint8Array {
  const body = [0xa0, data.length + 3, anyAddress, code, ...data]
  const sum = body.reduce((total, byte) => total + byte, 0)
  return Uint8Array.of(...body, -sum & 0xff)
}
