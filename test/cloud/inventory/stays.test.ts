import { expect, test } from 'vitest'
import { staysOf } from '../../../cloud/inventory/stays.ts'
import { openPlaces } from '../../../cloud/location/place.ts'

const places = openPlaces()
const cold = places.of('harbour', 'cold', 'A1')
const dock = places.of('harbour', 'dock', null)
const somewhere = places.of('harbour', null, null)
const gone = places.departed('harbour')
const elsewhere = places.of('inland', 'cold', 'A1')

test.each([
  ['one place for all of it', [[5, cold]], [[10, 20, 'cold', 'A1']]],
  ['nothing before it arrived', [[12, cold]], [[12, 20, 'cold', 'A1']]],
  ['arrived only afterwards', [[20, cold]], []],
  [
    'from slot to dock to the road',
    [
      [18, gone],
      [15, dock],
      [5, cold],
      [1, dock],
    ],
    [
      [10, 15, 'cold', 'A1'],
      [15, 18, 'dock', null],
    ],
  ],
  [
    'away on another site, and back',
    [
      [16, cold],
      [12, elsewhere],
      [5, cold],
    ],
    [
      [10, 12, 'cold', 'A1'],
      [16, 20, 'cold', 'A1'],
    ],
  ],
  [
    'of two conclusions of one instant the later one counts, and one that says the same again cuts nothing',
    [
      [17, cold],
      [14, cold],
      [14, dock],
      [3, cold],
    ],
    [[10, 20, 'cold', 'A1']],
  ],
  [
    'on the site, nobody knows where',
    [
      [15, somewhere],
      [9, dock],
    ],
    [
      [10, 15, 'dock', null],
      [15, 20, null, null],
    ],
  ],
  ['never concluded', [], []],
] as const)('%s', (_name, newestFirst, expected) => {
  const conclusions = newestFirst.map(([at, to]) => ({ at, to }))
  const stays = staysOf(conclusions, { site: 'harbour', fromMs: 10, toMs: 20 })
  expect(stays.map(({ fromMs, toMs, zone, slot }) => [fromMs, toMs, zone, slot])).toEqual(expected)
})
