import { describe, expect, test } from 'vitest'
import { layOut } from '../../../cloud/board/core/plan.ts'
import {
  clear,
  type Ink,
  inkOf,
  paintSlot,
  paintSlots,
  paintZone,
  type Raster,
} from '../../../cloud/board/core/raster.ts'
import { aMap } from './a-site.ts'

/** One letter a colour, so that a picture can be read. */
const letters = { background: '.', ground: ' ', edge: '|', empty: 'e', occupied: '#', outline: 'o', dots: ':' } as const
const code = (letter: string) => letter.charCodeAt(0)
const ink = (change: Partial<Ink> = {}): Ink => ({
  background: code(letters.background),
  ground: code(letters.ground),
  edge: code(letters.edge),
  empty: code(letters.empty),
  occupied: code(letters.occupied),
  outline: code(letters.outline),
  dots: code(letters.dots),
  hatch: 0xff_ffffff,
  steps: ['0', '1', '2', '3', '4', '5'].map(code),
  line: 1,
  gap: 0,
  dash: 1,
  hatchStep: 8,
  ...change,
})
const raster = (width: number, height: number): Raster => ({ width, height, pixels: new Uint32Array(width * height) })
const picture = ({ width, height, pixels }: Raster): string[] =>
  Array.from({ length: height }, (_, y) =>
    String.fromCharCode(...pixels.slice(y * width, (y + 1) * width)).replace(/[^ -~]/g, '/'),
  )

/** One slot of 5 × 4 metres at (1, 1), a pixel a metre. */
const plan = layOut(aMap({ zones: [], slots: [{ id: 'A', zone: 'z', x: 1, y: 1, width: 5, depth: 4, level: 0 }] }))
const view = { pixelsPerMetre: 1, x: 0, y: 0 }
const drawn = (slotCode: number, change: Partial<Ink> = {}) => {
  const canvas = raster(7, 6)
  clear(canvas, [], ink())
  paintSlot(canvas, plan, view, 1, 0, slotCode, ink(change))
  return picture(canvas)
}

describe('a slot', () => {
  for (const [name, slotCode, change, rows] of [
    ['empty: an outline', 0, {}, ['.......', '.ooooo.', '.o   o.', '.o   o.', '.ooooo.', '.......']],
    ['occupied: filled', 1, {}, ['.......', '.ooooo.', '.o###o.', '.o###o.', '.ooooo.', '.......']],
    ['unknown: dotted', 2, {}, ['.......', '.: : :.', '.     .', '.:   :.', '.: : :.', '.......']],
    [
      'too small for an outline: empty has a colour',
      0,
      { line: 0 },
      ['.......', ...Array(4).fill('.eeeee.'), '.......'],
    ],
    ['the third step of a layer', 3 << 3, {}, ['.......', '.ooooo.', '.o333o.', '.o333o.', '.ooooo.', '.......']],
  ] as const) {
    test(name, () => expect(drawn(slotCode, change)).toEqual(rows))
  }
  test('a memory is hatched over what was known', () => {
    const hatched = drawn(1 | 4, { hatchStep: 4 })
    expect(hatched.join('')).toContain('/')
    expect(hatched.join('').replaceAll('/', '#')).toContain('#')
  })
  test('half out of sight it is cut, far out of sight it costs nothing', () => {
    const canvas = raster(3, 3)
    clear(canvas, [], ink())
    paintSlot(canvas, plan, view, 1, 0, 1, ink())
    expect(picture(canvas)).toEqual(['...', '.oo', '.o#'])
    expect(paintSlot(canvas, plan, { ...view, x: 50 }, 1, 0, 1, ink())).toBeNull()
    expect(paintSlot(canvas, plan, { ...view, x: -50 }, 1, 0, 1, ink())).toBeNull()
  })
  test('smaller than a pixel it still has one', () => {
    const canvas = raster(3, 2)
    clear(canvas, [], ink())
    paintSlots(canvas, plan, { pixelsPerMetre: 0.01, x: 1, y: 0 }, 1, new Uint8Array([1]), ink({ line: 0 }))
    expect(picture(canvas)).toEqual(['.#.', '...'])
  })
})

test('a zone has an edge, and is hatched while nothing of it is current', () => {
  const canvas = raster(6, 4)
  clear(canvas, [], ink())
  paintZone(canvas, { left: 0, top: 0, right: 5, bottom: 4 }, ink(), false)
  expect(picture(canvas)).toEqual(['|||||.', '|   |.', '|   |.', '|||||.'])
  paintZone(canvas, { left: 0, top: 0, right: 5, bottom: 4 }, ink({ hatchStep: 4 }), true)
  expect(picture(canvas).join('')).toContain('/')
})

test('what no zone covers is cleared, and only that', () => {
  const canvas = raster(8, 3)
  canvas.pixels.fill(code('?'))
  const zones = [
    { left: 5, top: -1, right: 12, bottom: 1 },
    { left: 1, top: 0, right: 4, bottom: 2 },
    { left: 3, top: 1, right: 6, bottom: 2 },
    { left: -4, top: 1, right: -1, bottom: 3 },
  ]
  clear(canvas, zones, ink())
  expect(picture(canvas)).toEqual(['.???.???', '.?????..', '........'])
})

test('red, green and blue stand where a canvas wants them', () => expect(inkOf('#112233')).toBe(0xff332211))

test('however many slots are in sight, and in whatever way they are found, each is painted as if it were alone', () => {
  const slots = Array.from({ length: 900 }, (_, n) => ({
    ...{ id: `S-${n}`, zone: 'z', x: 1.3 * (n % 30), y: 0.9 * Math.floor(n / 30) },
    ...{ width: 1, depth: 0.8, level: 0 },
  }))
  const hall = layOut(aMap({ zones: [], readPoints: [], sensors: [], slots }))
  const codes = Uint8Array.from(slots, (_, n) => [0, 1, 2, 5, 1 | (2 << 3), 1, 0][n % 7] ?? 0)
  for (const pixelsPerMetre of [0.4, 2, 7.3, 40]) {
    for (const x of [0, -17.5, 30]) {
      const at = { pixelsPerMetre, x, y: x / 2 }
      const paper = ink({ line: pixelsPerMetre < 4 ? 0 : 1, gap: 0.4 })
      const [together, alone] = [raster(60, 40), raster(60, 40)]
      paintSlots(together, hall, at, 1.5, codes, paper)
      for (const [n, slotCode] of codes.entries()) paintSlot(alone, hall, at, 1.5, n, slotCode, paper)
      expect(together.pixels, `${pixelsPerMetre} ${x}`).toEqual(alone.pixels)
    }
  }
})
