import type { Random } from '../../shared/clock.ts'
import { epcBank, openSerialReader, type SerialReader } from './serial-reader.ts'
import { epcCrc16 } from './yrm100.ts'

/**
 * ThingMagic M6e. Frame: FF, length of the data, operation, (status (2),) data, CRC-16 (ThingMagic's own, by nibbles).
 * It takes no read command before it has a region, a protocol and an antenna; a continuous read tells each tag under
 * operation 22, and a keep-alive (status 0400) now and then.
 */
export async function openThingMagic(options: {
  readonly id: string
  readonly path: string
  readonly random: Random
}): Promise<SerialReader> {
  let isSet = new Set<number>()
  const reader = await openSerialReader(
    {
      take(pending) {
        if (pending[0] !== 0xff) return 1
        const length = 5 + (pending[1] ?? 0xffff)
        if (pending.length < 2 || pending.length < length) return undefined
        const command = pending.slice(0, length)
        const crc = nibbleCrc(command.subarray(1, -2))
        return command.at(-2) === crc >> 8 && command.at(-1) === (crc & 0xff) ? { command, length } : 1
      },
      obey(command, acts) {
        const operation = command[2] ?? 0
        if (operation !== 0x2f) {
          isSet.add(operation)
          acts.answer(answer(operation, 0x0000))
        } else if (command[5] === 0x02) {
          acts.stop()
          acts.answer(answer(operation, 0x0000))
        } else if (isSet.has(0x97) && isSet.has(0x93) && isSet.has(0x91)) {
          acts.answer(answer(operation, 0x0000))
          acts.readOn(answer(0x22, 0x0400))
        } else acts.answer(answer(operation, 0x0401)) // no protocol or region yet
      },
      tag({ antenna, epc, rssiDbm }) {
        const { protocolControl, bytes } = epcBank(epc)
        const bank = Uint8Array.of(...protocolControl, ...bytes)
        const crc = epcCrc16(bank)
        const bits = (bank.length + 2) * 8
        return answer(0x22, 0x0000, [
          ...[0x10, 0x00, 0x1b, 0x01, 0xff, 0x01, 0x01],
          Math.round(rssiDbm) & 0xff,
          (antenna << 4) | antenna,
          ...[0x0e, 0x16, 0x40], // 923.2 MHz
          ...[0x00, 0x00, 0x01, 0x27], // ms since the last keep-alive
          ...[0x00, 0x00, 0x05, 0x00, 0x00, 0x0f],
          ...[bits >> 8, bits & 0xff],
          ...bank,
          ...[crc >> 8, crc & 0xff],
        ])
      },
      spoil: (frame) => frame.with(frame.length - 1, (frame.at(-1) ?? 0) ^ 0x5a),
    },
    options,
  )
  return {
    ...reader,
    async unplug() {
      isSet = new Set()
      await reader.unplug()
    },
  }
}

function answer(operation: number, status: number, data: readonly number[] = []): Uint8Array {
  const body = Uint8Array.of(data.length, operation, status >> 8, status & 0xff, ...data)
  const crc = nibbleCrc(body)
  return Uint8Array.of(0xff, ...body, crc >> 8, crc & 0xff)
}

/** CRC-16 of the serial protocol: table of the 16 multiples of 1021h, preset FFFFh, nibbles shifted in from the right. */
function nibbleCrc(bytes: Uint8Array): number {
  let crc = 0xffff
  for (const byte of bytes) {
    for (const nibble of [byte >> 4, byte & 0x0f]) crc = (((crc << 4) & 0xffff) | nibble) ^ multiple(crc >> 12)
  }
  return crc
}

function multiple(nibble: number): number {
  let value = nibble << 12
  for (let bit = 0; bit < 4; bit += 1) value = (value & 0x8000) !== 0 ? (value << 1) ^ 0x11021 : value << 1
  return value & 0xffff
}
