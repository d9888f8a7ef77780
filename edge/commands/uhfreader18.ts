import { uhfReader18Status as status } from '../decoders/uhfreader18.ts'
import { crc16Reflected } from '../framing/crc16.ts'
import { uhfReader18Codes as codes } from '../framing/uhfreader18.ts'
import { type Dialect, refuseBeyond } from './dialect.ts'

/** Every reader answers to it. */
const anyAddress = 0xff
/** Highest and lowest channel, 6 bits each; their upper bits together are the band. */
const bands = {
  china: [0x13, 0x40], // 920.125–924.875 MHz
  fcc: [0x31, 0x80], // 902.75–927.25 MHz
  korea: [0x1f, 0xc0], // 917.1–923.3 MHz
  etsi: [0x4e, 0x00], // 865.1–867.9 MHz
} as const
/** Of an inventory at a chosen antenna: Q 4, session 0, no mask, target A, at most 1 s. */
const roundParameters = { q: 4, session: 0, noMask: [1, 0, 0, 0], target: 0, tenthsOfSecond: 10 } as const

/**
 * UHFReader18 and UHFReader288, in answer mode: each round is asked for. The reader keeps power and region in its own
 * memory. Without `antennas` it reads where it is set to; with them it has to be a 288.
 */
export const uhfReader18Dialect: Dialect = {
  refuse: (settings) =>
    refuseBeyond(settings, { powerDbm: [0, 30], regions: ['etsi', 'fcc', 'china', 'korea'], ports: 4 }),
  setUp: ({ powerDbm, region }) => [
    ...(region === undefined ? [] : [command(codes.region, ...bands[region])]),
    ...(powerDbm === undefined ? [] : [command(codes.power, powerDbm)]),
  ],
  inventory({ antennas }) {
    if (antennas === undefined) return [command(codes.inventory)]
    const { q, session, noMask, target, tenthsOfSecond } = roundParameters
    return antennas.map((port) =>
      command(codes.inventory, q, session, ...noMask, target, 0x80 | (port - 1), tenthsOfSecond),
    )
  },
  isPolled: true,
  judge(frame, sent) {
    if (frame.length < 6 || frame[2] !== sent[2]) return 'other'
    const said = frame[3]
    if (sent[2] !== codes.inventory) return said === status.success ? 'done' : 'failed'
    if (said === status.moreFollows || said === status.statistics) return 'other'
    return said === status.noTag || (said ?? 0) <= status.memoryFull ? 'done' : 'failed'
  },
}

function command(code: number, ...data: readonly number[]): Uint8Array {
  const body = Uint8Array.of(data.length + 4, anyAddress, code, ...data)
  const crc = crc16Reflected(body, 0, body.length)
  return Uint8Array.of(...body, crc & 0xff, crc >> 8)
}
