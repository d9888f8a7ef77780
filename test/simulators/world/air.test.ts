import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type Air, look, openLink } from '../../../simulators/world/air.ts'
import { recorded, recordedLookMs, white, whiteLookMs } from '../../../simulators/world/airs.ts'
import { normal, seededRandom } from '../../../simulators/world/chance.ts'
import { walkFloor } from '../../../simulators/world/floor.ts'
import { standardFloor } from '../../../simulators/world/floors.ts'
import { overlapReads } from '../../../simulators/world/overlap.ts'
import { planWarehouse } from '../../../simulators/world/plan.ts'
import { warehouseSizes } from '../../../simulators/world/size.ts'

const folder = new URL('../../../../shared/data/gate-static-vs-moving/', import.meta.url).pathname

interface Level {
  readonly at: number
  readonly dbm: number
}

/** Of the pairs of tag and antenna that were read at least 20 times. Lags in seconds. */
function figuresOf(pairs: Iterable<readonly Level[]>) {
  const sigmas: number[] = []
  const gaps: number[] = []
  const lags = { near: { sum: 0, count: 0 }, far: { sum: 0, count: 0 } }
  for (const levels of pairs) {
    for (const [index, level] of levels.slice(1).entries()) gaps.push(level.at - (levels[index]?.at ?? 0))
    if (levels.length < 20) continue
    const mean = levels.reduce((sum, { dbm }) => sum + dbm, 0) / levels.length
    const variance = levels.reduce((sum, { dbm }) => sum + (dbm - mean) ** 2, 0) / levels.length
    sigmas.push(Math.sqrt(variance))
    for (const [index, one] of levels.entries()) {
      for (const other of levels.slice(index + 1)) {
        const seconds = (other.at - one.at) / 1000
        if (seconds > 16) break
        const lag = seconds >= 1 && seconds < 2 ? lags.near : seconds >= 8 ? lags.far : undefined
        if (lag === undefined || variance === 0) continue
        lag.sum += ((one.dbm - mean) * (other.dbm - mean)) / variance
        lag.count += 1
      }
    }
  }
  return {
    sigmaDb: quantile(sigmas, 0.5),
    gapMs: quantile(gaps, 0.5),
    longGapMs: quantile(gaps, 0.9),
    near: lags.near.sum / lags.near.count,
    far: lags.far.sum / lags.far.count,
  }
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN
}

function simulated(air: Air, lookMs: number, meanDbm: number, spreadDb: number, forMs: number): Level[][] {
  const random = seededRandom(1)
  return Array.from({ length: 300 }, () => {
    const link = openLink(air, meanDbm + normal(random) * spreadDb, 0, random)
    const levels: Level[] = []
    for (let at = random() * lookMs; at < forMs; at += lookMs) {
      const dbm = look(link, air, at, random)
      if (dbm !== undefined) levels.push({ at, dbm })
    }
    return levels
  })
}

function stillTagsOfRun(): Level[][] {
  const still = new Set(
    readdirSync(`${folder}labels`)
      .filter((name) => name.startsWith('actual=stationary'))
      .flatMap((name) => readFileSync(`${folder}labels/${name}`, 'utf8').split(/\s+/)),
  )
  const pairs = new Map<string, Level[]>()
  const text = gunzipSync(readFileSync(`${folder}runs/run-x1.csv.gz`)).toString('utf8')
  for (const line of text.split(/\r?\n/)) {
    const [time = '', epc = '', , antenna = '', rssi = ''] = line.split(';')
    if (!still.has(epc) || epc === '') continue
    const pair = pairs.get(`${epc}/${antenna}`) ?? []
    pairs.set(`${epc}/${antenna}`, pair)
    // Seven decimals, then the offset.
    pair.push({ at: Date.parse(time.slice(0, 23) + time.slice(27)), dbm: Number(rssi.replace(',', '.')) })
  }
  return [...pairs.values()].map((pair) => pair.sort((a, b) => a.at - b.at))
}

const isThere = existsSync(folder)
test.runIf(process.env['CI'] !== undefined || isThere)('the recorded air is that of run-x1', () => {
  const real = figuresOf(stillTagsOfRun())
  const ours = figuresOf(simulated(recorded, recordedLookMs, -76, 4, 262_000))
  expect(Math.abs(ours.sigmaDb - real.sigmaDb)).toBeLessThan(0.3)
  expect(ours.gapMs / real.gapMs).toBeGreaterThan(0.75)
  expect(ours.gapMs / real.gapMs).toBeLessThan(1.33)
  expect(ours.longGapMs / real.longGapMs).toBeGreaterThan(0.75)
  expect(ours.longGapMs / real.longGapMs).toBeLessThan(1.33)
  expect(Math.abs(ours.near - real.near)).toBeLessThan(0.15)
  expect(Math.abs(ours.far - real.far)).toBeLessThan(0.1)
})

test('the white air: 4 dB, 1.5 s, no memory', () => {
  const { sigmaDb, near } = figuresOf(simulated(white, whiteLookMs, -55, 0, 300_000))
  const reads = simulated(white, whiteLookMs, -55, 0, 300_000).flat().length
  expect(sigmaDb).toBeGreaterThan(3.5)
  expect(sigmaDb).toBeLessThan(4.5)
  expect(Math.abs(near)).toBeLessThan(0.05)
  expect((300 * 300) / reads).toBeCloseTo(1.5, 1)
})

describe('scenarios', () => {
  test('between two antennas: the nearer hears it better by the gap, and the move changes sides', () => {
    const overlap = { gapDb: 6, air: white, lookMs: whiteLookMs, stillMs: 600_000, afterMs: 600_000 }
    const reads = Array.from({ length: 20 }, (_, tag) => [...overlapReads(overlap, tag, seededRandom(tag))]).flat()
    const mean = (antenna: number, moved: boolean) => {
      const some = reads.filter((read) => read.antenna === antenna && read.at >= 600_000 === moved)
      return some.reduce((sum, { rssiDbm }) => sum + rssiDbm, 0) / some.length
    }
    expect(mean(0, false) - mean(1, false)).toBeGreaterThan(5)
    expect(mean(1, true) - mean(0, true)).toBeGreaterThan(5)
    expect(
      reads.every(
        (read, index) => index === 0 || read.tag !== reads[index - 1]?.tag || read.at >= (reads[index - 1]?.at ?? 0),
      ),
    ).toBe(true)
  })

  test('on the floor neighbours hear a tag as often as its own antenna, ghosts are few; one seed tells one story', () => {
    const story = (seed: number) => {
      const plan = planWarehouse({ site: 'x', name: 'X', timeZone: 'UTC', seed, size: warehouseSizes.small })
      const where = [...plan.startSlots]
      const heard = { own: 0, other: 0, ghosts: 0, moves: 0 }
      walkFloor(plan, { ...standardFloor, forMs: 600_000 }, seededRandom(seed), {
        read: ({ tag, antenna }) => {
          if (tag >= plan.items.length) heard.ghosts += 1
          else if (where[tag] === antenna) heard.own += 1
          else heard.other += 1
        },
        moved: ({ items, to }) => {
          heard.moves += 1
          for (const tag of items) where[tag] = to.kind === 'slot' ? to.slot : -1
        },
      })
      return heard
    }
    const heard = story(1)
    expect(story(1)).toEqual(heard)
    expect(heard.own).toBeGreaterThan(5_000)
    expect(heard.other / heard.own).toBeGreaterThan(0.5)
    expect(heard.other / heard.own).toBeLessThan(2)
    expect(heard.moves).toBeGreaterThan(4)
    expect(heard.ghosts).toBeLessThan(20)
  })
})
