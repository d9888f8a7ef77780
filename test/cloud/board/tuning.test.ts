import { describe, expect, test } from 'vitest'
import { tuned } from '../../../cloud/board/core/tuning.ts'
import type { Hearing, PointHearing } from '../../../shared/tuning.ts'
import { aMap } from './a-site.ts'

const point = (readPoint: string, tags: number, medianRssiDbm: number | null, gateway = 'gw-n'): PointHearing => ({
  gateway,
  readPoint,
  readsPerSecond: 1,
  tags,
  onlyHere: tags,
  medianRssiDbm,
  rssi: [],
  lastAt: '2026-03-01T10:00:00.000Z',
  latest: [],
})
const map = aMap({
  readPoints: ['a.1', 'a.2'].map((id, n) => ({
    ...{ id, gateway: 'gw-n', device: 'a', kind: 'slot', zone: 'north', slots: [`N-${n + 1}`], x: n, y: 0 },
  })) as ReturnType<typeof aMap>['readPoints'],
})
const adviceOf = (points: readonly PointHearing[], shared = 0, on = map) => {
  const overlaps = shared === 0 ? [] : [{ one: 'gw-n/a.1', other: 'gw-n/a.2', tags: shared }]
  const hearing: Hearing = { seconds: 30, points: [...points], overlaps }
  return tuned(on, hearing).find(({ key }) => key === 'gw-n/a.1')?.advice
}

describe('what an antenna is advised', () => {
  test.each<[string, readonly PointHearing[], number, object]>([
    ['nothing heard', [], 0, { does: 'look' }],
    ['too few tags to say', [point('a.1', 4, -40)], 0, { does: 'wait' }],
    ['loud and alone', [point('a.1', 20, -50)], 0, { does: 'fine' }],
    ['faint', [point('a.1', 20, -72)], 0, { does: 'more-power' }],
    ['no strength told', [point('a.1', 20, null)], 0, { does: 'fine' }],
    ['a few tags of the neighbour', [point('a.1', 20, -50), point('a.2', 20, -60)], 5, { does: 'fine' }],
    [
      'many of them, and louder than the neighbour',
      [point('a.1', 20, -50), point('a.2', 20, -60)],
      10,
      { does: 'less-power', other: 'gw-n/a.2', share: 0.5 },
    ],
    [
      'many of them, and the neighbour is louder',
      [point('a.1', 20, -50), point('a.2', 20, -45)],
      10,
      { does: 'apart', other: 'gw-n/a.2', share: 0.5 },
    ],
    [
      'many of them, though nobody is loud',
      [point('a.1', 20, -62), point('a.2', 20, -66)],
      10,
      { does: 'apart', other: 'gw-n/a.2', share: 0.5 },
    ],
  ])('%s', (_name, points, shared, advice) => expect(adviceOf(points, shared)).toEqual(advice))

  test.each([
    ['antennas of a gate are meant to hear the same', { kind: 'gate' as const }, 'gate' as const],
    ['who watches the zone hears what is in its slots', {}, 'zone' as const],
  ])('%s', (_name, first, second) => {
    const on = {
      ...map,
      readPoints: map.readPoints.map((one, n) => ({ ...one, ...(n === 0 ? first : { kind: second }) })),
    }
    expect(adviceOf([point('a.1', 20, -40), point('a.2', 20, -60)], 15, on)).toEqual({ does: 'fine' })
  })

  test('what wants something comes first; what is heard and not on the map is told', () => {
    const hearing: Hearing = { seconds: 30, points: [point('a.1', 20, -50), point('x.9', 3, -50)], overlaps: [] }
    expect(tuned(map, hearing).map(({ key, advice }) => [key, advice.does])).toEqual([
      ['gw-n/x.9', 'unmapped'],
      ['gw-n/a.2', 'look'],
      ['gw-n/a.1', 'fine'],
    ])
  })
})
