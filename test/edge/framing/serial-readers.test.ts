import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { a0Framer } from '../../../edge/framing/a0.ts'
import { crc16Reflected, crc16ThingMagic } from '../../../edge/framing/crc16.ts'
import type { Framer } from '../../../edge/framing/framer.ts'
import { thingMagicFramer } from '../../../edge/framing/thingmagic.ts'
import { uhfPrimeFramer } from '../../../edge/framing/uhf-prime.ts'
import { uhfReader18Framer } from '../../../edge/framing/uhfreader18.ts'
import { allowedMs } from '../../support/allowed.ts'
import { bytesOf, chunksOf, framesOf, hexOf } from '../../support/framing.ts'

/** Every whole frame that is known of a protocol, first the one used as the good one behind garbage. */
const protocols: readonly { name: string; framer: () => Framer; frames: readonly string[] }[] = [
  {
    name: 'UHFReader18',
    framer: uhfReader18Framer,
    frames: [
      '15 00 01 03 01 01 0C E28068940000400A9D22A9EB 5D F9C3',
      '04 00 01 DB4B',
      '0D 00 01 03 01 01 04 111000A4 43 AD25',
      '07 00 01 01 01 00 1E4B',
      '13 00 01 03 01 0C 000000000000000000000313 3F39',
    ],
  },
  {
    name: 'UHF Prime',
    framer: uhfPrimeFramer,
    frames: [
      'CF 00 0001 12 00 FDD0 01 05 0C 3036443340000040000F4241 7B06',
      'CF FF 0001 05 00 00000000 F5B5',
      'CF FF 0002 00 E761',
      'CF 00 0002 01 00 9EEA',
      'CF FF 0072 00 17A5',
      'CF 00 0072 1A 00 00000180040001010386 02EE01F4312101040000 0C00030105 2C68',
      'CF 00 0071 01 00 F156',
    ],
  },
  {
    name: 'ThingMagic',
    framer: thingMagicFramer,
    frames: [
      'FF 28 22 0000 10001B01FF0101 C4 11 0E1640 00000127 0000 05 0000 0F 0080 3000 000000000000000000001545 E94A 561D',
      'FF 00 22 0400 84E0',
    ],
  },
  {
    name: 'A0',
    framer: a0Framer,
    frames: [
      'A0 13 01 89 04 3000 E20030166613012115507 4EF 45 BF',
      'A0 04 01 89 01 D1',
      'A0 04 01 74 10 D7',
      'A0 0A 01 89 00 0011 00000005 B6',
    ],
  },
]

test('the CRCs are those of the worked commands', () => {
  expect(crc16Reflected(bytesOf('04 00 01'), 0, 3)).toBe(0x4bdb)
  // Commands of a host to an M6e, as one was heard; the FF in front is not counted.
  for (const [hex, crc] of [
    ['00 0C', 0x1d03],
    ['01 97 06', 0x4bbb],
    ['02 92 0A8C', 0x4bd5],
    ['02 93 0005', 0x517d],
    ['03 91 02 0101', 0x42c5],
    ['03 2F 0000 02', 0x5e86],
    ['10 2F 0000 01 22 0000 05 07 22 10 001B 03E8 01FF', 0xdd2b],
  ] as const) {
    const bytes = bytesOf(hex)
    expect(crc16ThingMagic(bytes, 0, bytes.length)).toBe(crc)
  }
})

describe.each(protocols)('$name', ({ framer, frames }) => {
  const good = frames.map((hex) => hexOf(bytesOf(hex)))
  const [first = ''] = good

  test('cuts every known frame', () => {
    expect(framesOf(framer(), [bytesOf(good.join(''))])).toEqual({ frames: good, refused: {} })
  })

  test('finds a frame behind a broken one, and counts what it skips', () => {
    const broken = bytesOf(first)
    broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 0x55
    const seen = framesOf(framer(), [broken, ...good.map(bytesOf)])
    expect(seen.frames).toEqual(expect.arrayContaining([good.at(-1)]))
    expect(seen.frames).toEqual(good)
    expect(seen.refused).toMatchObject({ checksum: expect.any(Number) })
  })

  test('a reset drops the half frame and counts it', () => {
    const dropped: unknown[] = []
    const cutter = framer()
    framesOf(cutter, [bytesOf(first).subarray(0, 5)])
    cutter.reset((reason, count) => dropped.push([reason, count]))
    cutter.reset((reason, count) => dropped.push([reason, count]))
    expect(dropped).toEqual([['incomplete', 5]])
    expect(framesOf(cutter, [bytesOf(first)]).frames).toEqual([first])
  })

  const noise = fc.uint8Array({ maxLength: 40 })
  const start = bytesOf(first)[0] ?? 0
  const awkward = noise.map((bytes) => bytes.map((byte) => (byte & 1 ? start : byte & 0x1f)))
  const stream = fc
    .array(fc.oneof(noise, awkward, fc.constantFrom(...good).map(bytesOf)), { maxLength: 16 })
    .map((parts) => Buffer.concat(parts))

  test('any split of any stream gives the same frames and refusals, and accounts for every byte', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(stream, sizes, (bytes, pieces) => {
        const whole = framesOf(framer(), [bytes])
        expect(framesOf(framer(), chunksOf(bytes, pieces))).toEqual(whole)

        let accounted = 0
        const account = (byteCount: number) => {
          accounted += byteCount
        }
        const cutter = framer()
        const refuse = (_reason: unknown, byteCount: number) => account(byteCount)
        cutter.push(bytes, (frame) => account(frame.length), refuse)
        cutter.reset(refuse)
        expect(accounted).toBe(bytes.length)
      }),
      { numRuns: 300 },
    )
  })

  test('time is linear where every byte is a false start with the longest length', () => {
    const hostile = new Uint8Array(300_000).fill(start)
    const started = performance.now()
    framesOf(framer(), [hostile])
    expect(performance.now() - started).toBeLessThan(allowedMs(2500))
  })
})
