import type { PtyDevice } from './pty.ts'

/** CRC of Modbus over serial line v1.02 §6.2.2: polynomial A001, initial FFFF, low byte first on the wire. */
export function modbusCrc(bytes: Uint8Array): number {
  let crc = 0xffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1
  }
  return crc
}

/**
 * Slaves of a bus, written from the specification: function 04 only, anything else is exception 01, registers that are
 * not there exception 02. Addresses that are not in `slaves` stay silent. Answers the addresses asked, in order.
 */
export function answerAsSlaves(
  device: PtyDevice,
  slaves: ReadonlyMap<number, (register: number) => number | undefined>,
): { readonly asked: number[] } {
  const asked: number[] = []
  let held = Buffer.alloc(0)
  device.onHeard((bytes) => {
    held = Buffer.concat([held, bytes])
    while (held.length >= 8) {
      const request = held.subarray(0, 8)
      if (modbusCrc(request.subarray(0, 6)) !== request.readUInt16LE(6)) {
        held = held.subarray(1)
        continue
      }
      held = held.subarray(8)
      const [address = 0, code = 0] = request
      asked.push(address)
      const registerAt = slaves.get(address)
      if (registerAt === undefined) continue
      const first = request.readUInt16BE(2)
      const values = Array.from({ length: request.readUInt16BE(4) }, (_, i) => registerAt(first + i))
      if (code !== 4) device.say(sealed([address, code | 0x80, 1]))
      else if (values.includes(undefined)) device.say(sealed([address, code | 0x80, 2]))
      else {
        const body = values.flatMap((value = 0) => [(value >> 8) & 0xff, value & 0xff])
        device.say(sealed([address, code, body.length, ...body]))
      }
    }
  })
  return { asked }
}

function sealed(bytes: readonly number[]): Uint8Array {
  const crc = modbusCrc(Uint8Array.from(bytes))
  return Uint8Array.of(...bytes, crc & 0xff, crc >> 8)
}
