import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { onTheWire, wellBehaved } from '../../simulators/faults.ts'
import { seededRandom } from '../../simulators/world/chance.ts'

const frame = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)
const spoil = (whole: Uint8Array) => whole.with(7, 99)
const wire = (change: Partial<typeof wellBehaved>, seed = 1) =>
  onTheWire(frame, { ...wellBehaved, ...change }, spoil, seededRandom(seed))

describe('one frame on the wire', () => {
  test.each([
    ['well behaved', {}, [[1, 2, 3, 4, 5, 6, 7, 8]]],
    ['silent', { silent: true, noiseShare: 1 }, []],
    ['wrong check', { wrongCheckShare: 1 }, [[1, 2, 3, 4, 5, 6, 7, 99]]],
    ['flood', { repeats: 3 }, [[...frame], [...frame], [...frame]]],
  ])('%s', (_, change, expected) => {
    expect(wire(change).map((bytes) => [...bytes])).toEqual(expected)
  })

  test('noise comes before the frame, never inside it', () => {
    const writes = wire({ noiseShare: 1 })
    expect(writes).toHaveLength(2)
    expect(writes[1]).toEqual(frame)
  })

  test('split frames are whole when put together, however they were cut', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const writes = wire({ splitFrames: true }, seed)
        expect(Buffer.concat(writes)).toEqual(Buffer.from(frame))
        for (const piece of writes) expect(piece.length).toBeGreaterThan(0)
      }),
    )
  })
})
