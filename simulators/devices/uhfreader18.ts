import type { Random } from '../../shared/clock.ts'
import { openSerialReader, type SerialReader } from './serial-reader.ts'

/**
 * UHFReader288 in answer mode. Frame: length of what follows, address, command, (status,) data, CRC-16 (polynomial 8408h
 * reflected, preset FFFFh, low byte first). One inventory command is one round; tags come with status 03, the end with
 * 01. RSSI is a byte without a unit: here dBm + 129.
 */
export function openUhfReader18(options: {
  readonly id: string
  readonly path: string
  readonly random: Random
}): Promise<SerialReader> {
  return openSerialReader(
    {
      take(pending) {
        const length = (pending[0] ?? 0) + 1
        if (length < 5) return 1
        if (pending.length < length) return length > 64 ? 1 : undefined
        const command = pending.slice(0, length)
        return isWhole(command) ? { command, length } : 1
      },
      obey(command, reader) {
        const code = command[2] ?? 0
        if (code === 0x01) reader.readRound(answer(0x01, 0x01, [0x01, 0x00]))
        else if (code === 0x2f) reader.answer(answer(code, (command[3] ?? 0xff) > 30 ? 0xff : 0x00))
        else if (code === 0x22) reader.answer(answer(code, 0x00))
        else reader.answer(answer(code, 0xfe)) // illegal command
      },
      tag: ({ antenna, epc, rssiDbm }) =>
        answer(0x01, 0x03, [
          1 << (antenna - 1),
          1,
          epc.length / 2,
          ...Buffer.from(epc, 'hex'),
          Math.max(0, Math.round(rssiDbm) + 129),
        ]),
      spoil: (frame) => frame.with(frame.length - 1, (frame.at(-1) ?? 0) ^ 0x5a),
    },
    options,
  )
}

function answer(code: number, status: number, data: readonly number[] = []): Uint8Array {
  const body = Uint8Array.of(data.length + 5, 0x00, code, status, ...data)
  const crc = crc8408(body)
  return Uint8Array.of(...body, crc & 0xff, crc >> 8)
}

function isWhole(frame: Uint8Array): boolean {
  return crc8408(frame.subarray(0, -2)) === ((frame.at(-2) ?? 0) | ((frame.at(-1) ?? 0) << 8))
}

/** CRC-16 of these readers, bit by bit as their manuals print it. */
export function crc8408(bytes: Uint8Array): number {
  let crc = 0xffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) !== 0 ? (crc >> 1) ^ 0x8408 : crc >> 1
  }
  return crc
}
