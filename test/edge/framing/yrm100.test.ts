import fc from 'fast-check'
import { expect, test } from 'vitest'
import { yrm100Framer } from '../../../edge/framing/yrm100.ts'
import type { RefusalReason } from '../../../shared/decoded.ts'
import { allowedMs } from '../../support/allowed.ts'
import { bytesOf, chunksOf, framesOf, hexOf } from '../../support/framing.ts'

const notice = 'BB 02 22 00 11 C9 3400 30751FEB705C5904E3D50D70 3A76 EF 7E'
const noTag = 'BB 01 FF 00 01 15 16 7E'

/** A valid frame around any parameters. */
function frameAround(type: number, command: number, parameters: Uint8Array): Uint8Array {
  const head = [type, command, parameters.length >> 8, parameters.length & 0xff]
  const sum = [...head, ...parameters].reduce((a, b) => a + b, 0) & 0xff
  return Uint8Array.of(0xbb, ...head, ...parameters, sum, 0x7e)
}

// Every worked frame of the command manual.
for (const [name, hex] of [
  ['single poll', 'BB 00 22 00 00 22 7E'],
  ['multiple poll', 'BB 00 27 00 03 22 FF FF 4A 7E'],
  ['tag notice', notice],
  ['no tag', noTag],
] as const) {
  test(`one whole frame: ${name}`, () => {
    expect(framesOf(yrm100Framer(), [bytesOf(hex)])).toEqual({ frames: [hexOf(bytesOf(hex))], refused: {} })
  })
}

for (const [name, stream, frames, refused] of [
  ['garbage before', `00 11 7E ${noTag}`, [noTag], { format: 3 }],
  ['garbage between', `${noTag} 42 ${notice}`, [noTag, notice], { format: 1 }],
  ['a false start directly before a frame', `BB ${noTag}`, [noTag], { format: 1 }],
  [
    'a half frame directly before a frame',
    `BB 02 22 00 11 C9 ${notice} 00 00 00`,
    [notice],
    { checksum: 1, format: 8 },
  ],
  ['a wrong checksum', `BB 01 FF 00 01 15 17 7E ${noTag}`, [noTag], { checksum: 1, format: 7 }],
  ['a wrong end', `BB 01 FF 00 01 15 16 7F ${noTag}`, [noTag], { checksum: 1, format: 7 }],
  ['an impossible length', `BB 01 FF FF FF ${noTag}`, [noTag], { length: 1, format: 4 }],
  [
    'a start inside the parameters',
    'BB 02 22 00 06 BB 3400 7E 00BB 52 7E',
    ['BB 02 22 00 06 BB 3400 7E 00BB 52 7E'],
    {},
  ],
  ['an unknown type', `BB 07 22 00 00 29 7E ${noTag}`, [noTag], { format: 7 }],
] as const) {
  test(`resynchronises after ${name}`, () => {
    const seen = framesOf(yrm100Framer(), [bytesOf(stream)])
    expect(seen.frames).toEqual(frames.map((hex) => hexOf(bytesOf(hex))))
    expect(seen.refused).toEqual(refused)
  })
}

const awkward = fc.uint8Array({ maxLength: 40 }).chain((bytes) =>
  fc.constantFrom(
    bytes,
    bytes.map((byte) => (byte & 1 ? 0xbb : 0x7e)),
    bytes.map((byte) => [0xbb, 0x02, 0x22, 0x00, 0x11][byte % 5] ?? 0),
  ),
)
const goodFrame = fc
  .tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 255 }), awkward)
  .map(([type, command, parameters]) => frameAround(type, command, parameters))
const stream = fc.array(fc.oneof(awkward, goodFrame), { maxLength: 12 }).map((parts) => Buffer.concat(parts))

test('any split of any stream gives the same frames and refusals, and accounts for every byte', () => {
  fc.assert(
    fc.property(stream, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 }), (bytes, sizes) => {
      const whole = framesOf(yrm100Framer(), [bytes])
      expect(framesOf(yrm100Framer(), chunksOf(bytes, sizes))).toEqual(whole)

      let accounted = 0
      const count = (_reason: RefusalReason, byteCount: number) => {
        accounted += byteCount
      }
      const framer = yrm100Framer()
      framer.push(bytes, (frame) => (accounted += frame.length), count)
      framer.reset(count)
      expect(accounted).toBe(bytes.length)
    }),
    { numRuns: 500 },
  )
})

test('frames without garbage all come out', () => {
  fc.assert(
    fc.property(fc.array(goodFrame, { maxLength: 100 }), (frames) => {
      expect(framesOf(yrm100Framer(), [Buffer.concat(frames)])).toEqual({ frames: frames.map(hexOf), refused: {} })
    }),
    { numRuns: 100 },
  )
})

test('a reset drops the half frame and counts it', () => {
  const framer = yrm100Framer()
  const refused: [RefusalReason, number][] = []
  framer.push(
    bytesOf('BB 02 22 00 11 C9'),
    () => {},
    () => {},
  )
  framer.reset((reason, bytes) => refused.push([reason, bytes]))
  framer.reset((reason, bytes) => refused.push([reason, bytes]))
  expect(refused).toEqual([['incomplete', 6]])
  expect(framesOf(framer, [bytesOf(noTag)]).frames).toHaveLength(1)
})

test('time is linear even where every byte is a false start with the longest length', () => {
  // BB 00 BB 00 FF announces 255 parameters, and is never one. Work of length² would take minutes.
  const pattern = Uint8Array.of(0xbb, 0x00, 0xbb, 0x00, 0xff)
  const hostile = new Uint8Array(1_000_000).map((_, i) => pattern[i % pattern.length] ?? 0)
  const started = performance.now()
  framesOf(yrm100Framer(), [hostile])
  expect(performance.now() - started).toBeLessThan(allowedMs(1000))
})
