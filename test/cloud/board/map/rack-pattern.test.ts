import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  examplePattern,
  type RackPattern,
  slotCountOf,
  slotsByPattern,
} from '../../../../cloud/board/core/map/rack-pattern.ts'
import { Slot } from '../../../../shared/site-map.ts'

const one: RackPattern = {
  ...examplePattern,
  zone: 'A',
  aisles: 1,
  racks: 1,
  levels: 1,
  positions: 1,
  x: 0,
  y: 0,
  slotWidth: 1,
  slotDepth: 2,
  aisleWidth: 3,
  rackGap: 0.5,
  backGap: 0.25,
}
const slotsOf = (change: Partial<RackPattern>) => {
  const made = slotsByPattern({ ...one, ...change })
  return made.ok ? made.slots : []
}
const places = (change: Partial<RackPattern>) =>
  slotsOf(change).map(({ id, x, y, width, depth, level }) => `${id} ${x},${y} ${width}×${depth} L${level}`)

describe('where the slots of a pattern are', () => {
  test.each<[string, Partial<RackPattern>, string[]]>([
    ['one on each side of the aisle', { naming: '{side}' }, ['L 0,0 1×2 L0', 'R 0,5 1×2 L0']],
    ['only the left side', { naming: 'x{rack}', sides: 'left' }, ['x1 0,0 1×2 L0']],
    [
      'racks of a row with a gap between them',
      { naming: '{rack}.{position}', sides: 'left', racks: 2, positions: 2 },
      ['1.1 0,0 1×2 L0', '1.2 1,0 1×2 L0', '2.1 2.5,0 1×2 L0', '2.2 3.5,0 1×2 L0'],
    ],
    [
      'levels above each other',
      { naming: 'r{level}', sides: 'left', levels: 2, firstLevel: 1 },
      ['r1 0,0 1×2 L1', 'r2 0,0 1×2 L2'],
    ],
    [
      'aisles back to back',
      { naming: '{aisle}{side}', aisles: 2 },
      ['1L 0,0 1×2 L0', '1R 0,5 1×2 L0', '2L 0,7.25 1×2 L0', '2R 0,12.25 1×2 L0'],
    ],
    [
      'who walks down the plan has the left hand on its right',
      { naming: '{side}{position}', direction: 'down', positions: 2 },
      ['L1 5,0 2×1 L0', 'L2 5,1 2×1 L0', 'R1 0,0 2×1 L0', 'R2 0,1 2×1 L0'],
    ],
    ['somewhere else on the site', { naming: 'x', sides: 'left', x: 10, y: -2.5 }, ['x 10,-2.5 1×2 L0']],
    [
      'no crumbs of binary fractions',
      { naming: 'p{position}', sides: 'left', positions: 4, slotWidth: 0.1, slotDepth: 1 },
      ['p1 0,0 0.1×1 L0', 'p2 0.1,0 0.1×1 L0', 'p3 0.2,0 0.1×1 L0', 'p4 0.3,0 0.1×1 L0'],
    ],
  ])('%s', (_name, change, expected) => expect(places(change)).toEqual(expected))
})

describe('what they are called', () => {
  test.each<[string, Partial<RackPattern>, string]>([
    ['{aisle:2}-{rack:3}-{level}-{position:2}', {}, '01-001-0-01'],
    ['{aisle:A}{side}{position}', {}, 'AL1'],
    ['{aisle:A}', { firstAisle: 26 }, 'Z'],
    ['{aisle:A}', { firstAisle: 27 }, 'AA'],
    ['{aisle:A}', { firstAisle: 703 }, 'AAA'],
    ['{aisle:2}', { firstAisle: 120 }, '120'],
    ['H1.{side}', { sideNames: ['odd', 'even'] }, 'H1.odd'],
  ])('%s %j → %s', (naming, change, expected) =>
    expect(slotsOf({ naming, sides: 'left', ...change })[0]?.id).toBe(expected),
  )
})

describe('what is refused, with the reason', () => {
  test.each<[Partial<RackPattern>, object]>([
    [{ aisles: 0 }, { flaw: 'not-a-count', field: 'aisles' }],
    [{ racks: 1.5 }, { flaw: 'not-a-count', field: 'racks' }],
    [{ levels: Number.NaN }, { flaw: 'not-a-count', field: 'levels' }],
    [{ levels: 101 }, { flaw: 'not-a-count', field: 'levels' }],
    [{ firstRack: -1 }, { flaw: 'not-a-count', field: 'firstRack' }],
    [{ slotWidth: 0 }, { flaw: 'not-a-length', field: 'slotWidth' }],
    [{ aisleWidth: -1 }, { flaw: 'not-a-length', field: 'aisleWidth' }],
    [{ x: Number.POSITIVE_INFINITY }, { flaw: 'not-a-length', field: 'x' }],
    [{ naming: '{aisle}{shelf}' }, { flaw: 'unknown-part', part: 'shelf' }],
    [{ naming: '{rack:02}' }, { flaw: 'unknown-part', part: 'rack:02' }],
    [{ naming: '{rack} {level}' }, { flaw: 'not-a-name', name: '1 0' }],
    [
      { naming: '{aisle:A}', firstAisle: 0 },
      { flaw: 'not-a-name', name: '' },
    ],
    [{ naming: '{rack}' }, { flaw: 'twice', name: '1' }],
    [
      { aisles: 1000, racks: 1000 },
      { flaw: 'too-many', slots: 2_000_000, most: 100_000 },
    ],
  ])('%j', (change, flaw) => {
    expect(slotsByPattern({ ...one, ...change })).toEqual({ ok: false, flaws: [flaw] })
  })
})

test('whatever is asked for, it is as many valid slots as said, and no two of one level overlap', () => {
  const few = fc.integer({ min: 1, max: 4 })
  const length = fc.integer({ min: 1, max: 30 }).map((tenths) => tenths / 10)
  const pattern = fc.record({
    aisles: few,
    racks: few,
    levels: few,
    positions: few,
    sides: fc.constantFrom('left' as const, 'both' as const),
    direction: fc.constantFrom('right' as const, 'down' as const),
    slotWidth: length,
    slotDepth: length,
    aisleWidth: length,
    rackGap: length,
    backGap: length,
  })
  fc.assert(
    fc.property(pattern, (change) => {
      const asked = { ...one, ...change, naming: examplePattern.naming }
      const made = slotsByPattern(asked)
      expect(made.ok).toBe(true)
      const slots = made.ok ? made.slots : []
      expect(slots).toHaveLength(slotCountOf(asked))
      for (const slot of slots) expect(Slot.safeParse(slot).success).toBe(true)
      const ground = slots.filter(({ level }) => level === asked.firstLevel)
      for (const [at, a] of ground.entries())
        for (const b of ground.slice(at + 1)) {
          const isApart =
            a.x + a.width <= b.x + 1e-9 ||
            b.x + b.width <= a.x + 1e-9 ||
            a.y + a.depth <= b.y + 1e-9 ||
            b.y + b.depth <= a.y + 1e-9
          expect(isApart, `${a.id} ${b.id}`).toBe(true)
        }
    }),
    { numRuns: 60 },
  )
})
