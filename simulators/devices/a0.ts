import type { Random } from '../../shared/clock.ts'
import type { Sighting } from './device.ts'
import { epcBank, openSerialReader, type SerialReader } from './serial-reader.ts'

/**
 * Reader of the A0 family with eight ports. Frame: A0, length of what follows, address, command, data, checksum (all
 * bytes sum up to 0). Command 89 is one round at the antenna that 74 chose; it ends with antenna, rate and total. RSSI
 * is dBm + 129 in 7 bits, the antenna's third bit above it.
 */
export function openA0(options: {
  readonly id: string
  readonly path: string
  readonly random: Random
}): Promise<SerialReader> {
  let antenna = 1
  return openSerialReader(
    {
      take(pending) {
        if (pending[0] !== 0xa0) return 1
        const length = 2 + (pending[1] ?? 0xffff)
        if (pending.length < 2 || pending.length < length) return undefined
        const command = pending.slice(0, length)
        return command.reduce((sum, byte) => (sum + byte) & 0xff, 0) === 0 ? { command, length } : 1
      },
      obey(command, reader) {
        const [, , , code = 0, first = 0] = command
        if (code === 0x89) reader.readRound(frame(code, [antenna - 1, 0, 40, 0, 0, 0, 9]))
        else if (code === 0x74) {
          if (first < 8) antenna = first + 1
          reader.answer(frame(code, [first < 8 ? 0x10 : 0x45]))
        } else if (code === 0x66) reader.answer(frame(code, [first >= 20 && first <= 33 ? 0x10 : 0x46]))
        else if (code === 0x78) reader.answer(frame(code, [0x10]))
        else reader.answer(frame(code, [0x11]))
      },
      tag: (sighting) => frame(0x89, tagData(sighting)),
      spoil: (whole) => whole.with(whole.length - 1, (whole.at(-1) ?? 0) ^ 0x5a),
    },
    options,
  )
}

function tagData({ antenna, epc, rssiDbm }: Sighting): readonly number[] {
  const { protocolControl, bytes } = epcBank(epc)
  const port = antenna - 1
  const signal = (Math.round(rssiDbm) + 129) & 0x7f
  return [0x8c | (port & 0x03), ...protocolControl, ...bytes, port > 3 ? signal | 0x80 : signal]
}

function frame(code: number, data: readonly number[]): Uint8Array {
  const body = [0xa0, data.length + 3, 0x01, code, ...data]
  return Uint8Array.of(...body, (0x100 - (body.reduce((sum, byte) => sum + byte, 0) & 0xff)) & 0xff)
}
