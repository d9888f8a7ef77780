import { uhfPrimeAnyAddress as anyAddress, uhfPrimeCodes as codes } from '../decoders/uhf-prime.ts'
import { crc16Reflected } from '../framing/crc16.ts'
import { type Dialect, refuseBeyond } from './dialect.ts'

/**
 * "UHF Prime" readers (Chafon CF600 and kin). The inventory runs by time, 0 = until it is stopped, and tells rounds
 * without tags too. A region is one of 25 parameters that can only be written together: it is left to the vendor's tool.
 */
export const uhfPrimeDialect: Dialect = {
  refuse: (settings) => refuseBeyond(settings, { powerDbm: [1, 33], ports: 16 }) ?? refuseAntennas(settings.antennas),
  setUp: ({ powerDbm }) => (powerDbm === undefined ? [] : [command(codes.stop), command(codes.power, powerDbm, 0)]),
  inventory: () => [command(codes.inventory, 0, 0, 0, 0, 0)],
  isPolled: false,
  stop: command(codes.stop),
  judge(frame, sent) {
    if (frame[2] !== sent[2] || frame[3] !== sent[3]) return 'other'
    return frame[3] === codes.inventory || frame[5] === 0 ? 'done' : 'failed'
  },
}

function refuseAntennas(antennas: readonly number[] | undefined): string | undefined {
  return antennas === undefined ? undefined : 'antennas: this reader is told by the vendor’s tool'
}

function command(code: number, ...data: readonly number[]): Uint8Array {
  const body = Uint8Array.of(0xcf, anyAddress, code >> 8, code & 0xff, data.length, ...data)
  const crc = crc16Reflected(body, 0, body.length)
  return Uint8Array.of(...body, crc >> 8, crc & 0xff)
}
