import type { Random } from '../../shared/clock.ts'
import { openSerialReader, type SerialReader } from './serial-reader.ts'
import { crc8408 } from './uhfreader18.ts'

/**
 * "UHF Prime" reader (CF600). Frame: CF, address, command (2), length, (status,) data, CRC-16 as of UHFReader18 but high
 * byte first. Command 0001 reads on until 0002 stops it, and tells rounds without a tag with status 12.
 */
export function openUhfPrime(options: {
  readonly id: string
  readonly path: string
  readonly random: Random
}): Promise<SerialReader> {
  return openSerialReader(
    {
      take(pending) {
        if (pending[0] !== 0xcf) return 1
        const length = 7 + (pending[4] ?? 0xffff)
        if (pending.length < 5 || pending.length < length) return undefined
        const command = pending.slice(0, length)
        const crc = crc8408(command.subarray(0, -2))
        return command.at(-2) === crc >> 8 && command.at(-1) === (crc & 0xff) ? { command, length } : 1
      },
      obey(command, reader) {
        const code = ((command[2] ?? 0) << 8) | (command[3] ?? 0)
        if (code === 0x0001) reader.readOn(answer(code, 0x12))
        else if (code === 0x0002) {
          reader.stop()
          reader.answer(answer(code, 0x00))
        } else if (code === 0x0053) {
          const power = command[5] ?? 0
          reader.answer(answer(code, power >= 1 && power <= 33 ? 0x00 : 0x01))
        } else reader.answer(answer(code, 0x02))
      },
      tag({ antenna, epc, rssiDbm }) {
        const tenths = Math.round(rssiDbm * 10) & 0xffff
        const bytes = Buffer.from(epc, 'hex')
        return answer(0x0001, 0x00, [tenths >> 8, tenths & 0xff, antenna, 0x05, bytes.length, ...bytes])
      },
      spoil: (frame) => frame.with(frame.length - 1, (frame.at(-1) ?? 0) ^ 0x5a),
    },
    options,
  )
}

function answer(code: number, status: number, data: readonly number[] = []): Uint8Array {
  const body = Uint8Array.of(0xcf, 0x00, code >> 8, code & 0xff, data.length + 1, status, ...data)
  const crc = crc8408(body)
  return Uint8Array.of(...body, crc >> 8, crc & 0xff)
}
