import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hear, isAntennaOf, mostTagsKept, type Preview, toldOf } from '../../../cloud/tuning/preview.ts'
import { mostTagsTold } from '../../../shared/board.ts'
import type { Observation } from '../../../shared/record.ts'

const observed = (epc: string, at: number, more: Partial<Observation> = {}): Observation => ({
  kind: 'observation',
  at,
  firstAt: at,
  readPoint: 'dock-1.1',
  epc,
  count: 1,
  ...more,
})
const heard = (...observations: readonly Observation[]): Preview => {
  const preview: Preview = new Map()
  for (const observation of observations) hear(preview, observation)
  return preview
}
const unknown = () => null

test('the newest first, with its reads since somebody listens, its newest strength and its antenna', () => {
  const preview = heard(
    observed('AA', 1000, { count: 3, peakRssiDbm: -60, antenna: 1 }),
    observed('BB', 1100),
    observed('AA', 1200, { count: 4, peakRssiDbm: -55, antenna: 1 }),
  )
  expect(toldOf(preview, (epc) => (epc === 'AA' ? 'BOLT-8' : null))).toEqual({
    tags: [
      { epc: 'AA', sku: 'BOLT-8', readPoint: 'dock-1.1', antenna: 1, rssiDbm: -55, reads: 7, at: 1200 },
      { epc: 'BB', sku: null, readPoint: 'dock-1.1', antenna: null, rssiDbm: null, reads: 1, at: 1100 },
    ],
    more: 0,
  })
})

test('one tag at two antennas is two rows', () => {
  const { tags } = toldOf(heard(observed('AA', 1), observed('AA', 2, { readPoint: 'dock-1.2' })), unknown)
  expect(tags.map(({ readPoint }) => readPoint)).toEqual(['dock-1.2', 'dock-1.1'])
})

test('an older word adds its reads and takes nothing back', () => {
  const { tags } = toldOf(
    heard(observed('AA', 500, { peakRssiDbm: -40 }), observed('AA', 400, { peakRssiDbm: -80, count: 2 })),
    unknown,
  )
  expect(tags).toMatchObject([{ at: 500, rssiDbm: -40, reads: 3 }])
})

test('however many there are, some are told and the others counted', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 400 }), (numbers) => {
      const preview = heard(...numbers.map((n, at) => observed(`E${n}`, at)))
      const { tags, more } = toldOf(preview, unknown)
      expect(tags.length).toBeLessThanOrEqual(mostTagsTold)
      expect(tags.length + more).toBe(new Set(numbers).size)
      expect(tags.map(({ at }) => at)).toEqual(tags.map(({ at }) => at).toSorted((a, b) => b - a))
    }),
    { numRuns: 60 },
  )
})

test('what is kept is bounded: who was silent longest goes', () => {
  const preview = heard(...Array.from({ length: mostTagsKept + 7 }, (_, n) => observed(`E${n}`, n)))
  expect(preview.size).toBe(mostTagsKept)
  expect([...preview.values()][0]?.epc).toBe('E7')
})

const mapped = new Map([['north door', { device: 'dock-1' }]])
test.each([
  ['by its name', 'dock-1', 'dock-1.2', true],
  ['of another reader', 'dock-1', 'dock-2.1', false],
  ['of one whose name begins the same', 'dock-1', 'dock-10.1', false],
  ['named otherwise, as the map says', 'dock-1', 'north door', true],
  ['the map says whose it is', 'north door', 'north door', false],
  ['all readers', null, 'dock-2.1', true],
] as const)('an antenna %s', (_name, reader, readPoint, isOne) => {
  expect(isAntennaOf(reader, readPoint, mapped)).toBe(isOne)
})
