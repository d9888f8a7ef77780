import { describe, expect, test } from 'vitest'
import { heardBy, levelNear, type OwnTrial, trialStanding, withoutPower } from '../../../cloud/board/core/power.ts'
import type { AntennaPower } from '../../../shared/reader-power.ts'
import { gateMap } from '../../support/street.ts'

const now = Date.UTC(2026, 10, 28, 12)
const said = (state: 'asked' | 'running' | 'over' | 'refused', dbm = 20): AntennaPower['trial'] => ({
  ...{ dbm, by: 'ines', state, reason: state === 'refused' ? 'no' : null },
  untilAt: state === 'running' ? new Date(now + 12_000).toISOString() : null,
})
const own = (agoMs: number, isHeard = false): OwnTrial => ({ dbm: 20, seconds: 30, at: now - agoMs, isHeard })

describe('how a trial stands', () => {
  for (const [name, reader, trial, mine, expected] of [
    ['nothing is tried', {}, null, null, { is: 'none' }],
    ['somebody has tried something', {}, said('over'), null, { is: 'none' }],
    ['just asked for', {}, null, own(100), { is: 'asked' }],
    ['the one before is still told of', {}, said('over', 25), own(100), { is: 'asked' }],
    ['asked for, and the gateway is away', { link: 'offline' }, said('asked'), own(100), { is: 'unreachable' }],
    ['it never arrived', { link: 'offline' }, null, own(35_000), { is: 'lost' }],
    ['a moment before that', { link: 'offline' }, null, own(34_999), { is: 'unreachable' }],
    ['the reader is being told', { isApplied: false }, said('running'), own(100), { is: 'applying', dbm: 20 }],
    ['it runs', {}, said('running'), own(100), { is: 'running', dbm: 20, leftMs: 12_000 }],
    ["somebody else's runs", {}, said('running'), null, { is: 'running', dbm: 20, leftMs: 12_000 }],
    ['refused', {}, said('refused'), own(100), { is: 'refused', reason: 'no' }],
    ['it is over', {}, said('over'), own(31_000, true), { is: 'over' }],
  ] as const) {
    test(name, () => {
      const how = { link: 'online' as const, isApplied: true, ...reader }
      expect(trialStanding(how, { trial }, mine, now)).toEqual(expected)
    })
  }

  test('a gateway that is away goes back by itself: what it said last is not believed beyond its time', () => {
    const how = { link: 'offline' as const, isApplied: true }
    expect(trialStanding(how, { trial: said('running') }, null, now + 12_000)).toEqual({ is: 'over' })
  })
})

test.each([
  [20, 2],
  [21.9, 2],
  [23, 3],
  [99, 4],
  [-5, 0],
  [null, 4],
] as const)('the level nearest to %s is number %i', (dbm, place) => {
  expect(levelNear([10, 15, 20, 25, 30], dbm)).toBe(place)
})

test('readers of the map whose gateway says nothing of their power are named, each once', () => {
  const map = gateMap('north', 'gw-1', 'dock-1')
  const [first] = gateMap('north', 'gw-2', 'dock-2').readPoints
  const both = { ...map, readPoints: [...map.readPoints, ...(first ? [first] : [])] }
  const reader = { gateway: 'gw-1', reader: 'dock-1', link: 'online', state: 'up', saidAt: '', levelsDbm: [] } as const
  expect(withoutPower(both, [{ ...reader, levelsDbm: [], isApplied: true, antennas: [] }])).toEqual(['gw-2/dock-2'])
  expect(withoutPower(both, [])).toEqual(['gw-1/dock-1', 'gw-2/dock-2'])
})

test('an antenna that is not told of has heard nothing', () => {
  const point = {
    gateway: 'g',
    readPoint: 'a.1',
    readsPerSecond: 7.5,
    tags: 3,
    onlyHere: 3,
    medianRssiDbm: -61,
    rssi: [],
  }
  const hearing = {
    seconds: 29.7,
    points: [{ ...point, lastAt: new Date(now).toISOString(), latest: [] }],
    overlaps: [],
  }
  expect(heardBy(hearing, 'g', 'a.1')).toEqual({ seconds: 30, readsPerSecond: 7.5, tags: 3, medianRssiDbm: -61 })
  expect(heardBy(hearing, 'g', 'a.2')).toEqual({ seconds: 30, readsPerSecond: 0, tags: 0, medianRssiDbm: null })
})
