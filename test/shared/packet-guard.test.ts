import fc from 'fast-check'
import { generate } from 'mqtt-packet'
import { describe, expect, test } from 'vitest'
import { PacketGuard } from '../../shared/packet-guard.ts'

const limits = { bytesBeforeAccept: 4096, packetBytes: 512 * 1024 }
const publish = (bytes: number) =>
  generate({ cmd: 'publish', topic: 't', payload: Buffer.alloc(bytes), qos: 0, dup: false, retain: false })

describe('before the connection is accepted', () => {
  for (const [name, bytes, verdict] of [
    ['4,096 bytes in all', [4096], undefined],
    ['one more', [4097], 'too-much-before-accept'],
    ['one more, byte by byte', new Array(4097).fill(1), 'too-much-before-accept'],
  ] as const) {
    test(name, () => {
      const guard = new PacketGuard(limits)
      let found: string | undefined
      for (const length of bytes) found ??= guard.take(Buffer.alloc(length, 0))
      expect(found).toBe(verdict)
    })
  }

  test('a CONNECT that claims 200 MiB is known by its fifth byte', () => {
    expect(new PacketGuard(limits).take(Buffer.from([0x10, 0x80, 0x80, 0x80, 0x64]))).toBe('packet-too-large')
  })
})

describe('afterwards', () => {
  for (const [name, bytes, verdict] of [
    ['packets of any number', Buffer.concat(Array.from({ length: 50 }, () => publish(20_000))), undefined],
    ['remaining length 524,288', Buffer.from([0x30, 0x80, 0x80, 0x20]), undefined],
    ['remaining length 524,289', Buffer.from([0x30, 0x81, 0x80, 0x20]), 'packet-too-large'],
    ['256 MiB claimed', Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]), 'packet-too-large'],
    ['a length that never ends', Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80]), 'malformed-length'],
    ['empty packets', Buffer.from([0xc0, 0, 0xc0, 0, 0xe0, 0]), undefined],
  ] as const) {
    test(name, () => {
      const guard = new PacketGuard(limits)
      guard.accept()
      expect(guard.take(bytes)).toBe(verdict)
    })
  }
})

test('the verdict is the same however the bytes are split', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 10 })
  fc.assert(
    fc.property(sizes, fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }), (packets, cuts) => {
      const bytes = Buffer.concat(packets.map(publish))
      const verdict = (pieces: readonly number[]) => {
        const guard = new PacketGuard({ ...limits, packetBytes: 350 })
        guard.accept()
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const length = pieces[i % pieces.length] ?? 1
          const found = guard.take(bytes.subarray(at, at + length))
          if (found !== undefined) return found
          at += length
        }
        return undefined
      }
      expect(verdict(cuts)).toBe(packets.some((size) => size + 3 > 350) ? 'packet-too-large' : undefined)
    }),
  )
})
