import { crc16ThingMagic } from '../framing/crc16.ts'
import { type Dialect, refuseBeyond } from './dialect.ts'

const operations = { read: 0x2f, antennas: 0x91, power: 0x92, protocol: 0x93, region: 0x97 } as const
const regionCodes = { fcc: 0x01, china: 0x06, etsi: 0x08, korea: 0x09 } as const
const gen2 = [0x00, 0x05] as const
const searchList = 0x02
/** Continuous, no time-out, with all metadata, off time 0: as the vendor's own tool sends it. */
const readContinuously = [0, 0, 1, 0x22, 0, 0, 5, 7, 0x22, 0x10, 0, 0x1b, 0x03, 0xe8, 1, 0xff] as const
const stopReading = [0, 0, 2] as const

/**
 * ThingMagic modules (M6e, M6e Nano). Without power they forget everything, so everything is set at each start, and a
 * region is needed: without one they do not transmit.
 */
export const thingMagicDialect: Dialect = {
  refuse: (settings) =>
    settings.region === undefined
      ? 'region: this module does not read before it is told its region'
      : refuseBeyond(settings, { powerDbm: [0, 31], regions: ['etsi', 'fcc', 'china', 'korea'], ports: 4 }),
  setUp: ({ region = 'etsi', powerDbm, antennas = [1] }) => [
    command(operations.read, ...stopReading),
    command(operations.region, regionCodes[region]),
    command(operations.protocol, ...gen2),
    command(operations.antennas, searchList, ...antennas.flatMap((port) => [port, port])),
    // Hundredths of a dBm.
    ...(powerDbm === undefined ? [] : [command(operations.power, (powerDbm * 100) >> 8, (powerDbm * 100) & 0xff)]),
  ],
  inventory: () => [command(operations.read, ...readContinuously)],
  isPolled: false,
  stop: command(operations.read, ...stopReading),
  judge(frame, sent) {
    if (frame[2] !== sent[2]) return 'other'
    return frame[3] === 0 && frame[4] === 0 ? 'done' : 'failed'
  },
}

function command(operation: number, ...data: readonly number[]): Uint8Array {
  const body = Uint8Array.of(data.length, operation, ...data)
  const crc = crc16ThingMagic(body, 0, body.length)
  return Uint8Array.of(0xff, ...body, crc >> 8, crc & 0xff)
}
