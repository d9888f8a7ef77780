import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planSimulation } from '../../../simulators/main.ts'
import {
  compressorFails,
  compressorWorks,
  misplacePallet,
  putBack,
  truckArrives,
} from '../../../simulators/world/acts.ts'
import { seededRandom } from '../../../simulators/world/chance.ts'
import { transfer } from '../../../simulators/world/errands.ts'
import { dispatch } from '../../../simulators/world/movement.ts'
import {
  beginWorld,
  defaultSettings,
  step,
  sweepAgain,
  type World,
  type WorldEvent,
  type WorldSettings,
} from '../../../simulators/world/world.ts'

const small = planSimulation({ size: 'small', seed: 3 })
const busy: WorldSettings = {
  ...defaultSettings,
  relocationEveryMs: 2_000,
  inboundEveryMs: 6_000,
  outboundEveryMs: 6_000,
}

/** Nothing moves but by the test's own hand. */
const still: WorldSettings = {
  ...defaultSettings,
  relocationEveryMs: 1e12,
  inboundEveryMs: 1e12,
  outboundEveryMs: 1e12,
}

function run(options: { seed: number; steps: number; settings?: WorldSettings; plan?: typeof small }) {
  const { seed, steps, settings = busy, plan = small } = options
  const random = seededRandom(seed)
  let world = beginWorld(plan, settings, random)
  const events: WorldEvent[] = []
  for (let made = 0; made < steps; made += 1) {
    const stepped = step(plan, world, 100, settings, random)
    world = stepped.world
    events.push(...stepped.events)
  }
  return { world, events }
}

describe('chance', () => {
  test('the same seed tells the same story, byte for byte', () => {
    const log = (seed: number) => JSON.stringify(run({ seed, steps: 1_500 }).events)
    const first = log(11)
    expect(first.length).toBeGreaterThan(10_000)
    expect(log(11)).toBe(first)
    expect(log(12)).not.toBe(first)
  })

  test('a step takes nothing but its arguments: made twice from one state, it ends in one state', () => {
    const { world } = run({ seed: 5, steps: 200 })
    const before = JSON.stringify(world)
    const again = () => JSON.stringify(step(small, world, 100, busy, seededRandom(9)))
    expect(again()).toBe(again())
    expect(JSON.stringify(world)).toBe(before)
  })
})

describe('goods', () => {
  type Act = { readonly does: 'step' | 'truck' | 'misplace' | 'put back' | 'sweep'; readonly times: number }
  const acts = fc.array(
    fc.record<Act>({
      does: fc.constantFrom('step', 'step', 'step', 'truck', 'misplace', 'put back', 'sweep'),
      times: fc.integer({ min: 1, max: 80 }),
    }),
    { maxLength: 30 },
  )

  test('an item is in exactly one place, whatever happens, and none is made or lost', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), acts, (seed, script) => {
        const random = seededRandom(seed)
        let world = beginWorld(small, busy, random)
        let misplaced: { from: number; to: number } | undefined
        for (const { does, times } of script) {
          if (does === 'truck') world = truckArrives(small, world, { gate: 0, pallets: times % 4 }, random).world
          else if (does === 'sweep') world = sweepAgain(world)
          else if (does === 'misplace') {
            const done = misplacePallet(small, world, random)
            if (done !== undefined) misplaced = { from: done.to, to: done.from }
            world = done?.world ?? world
          } else if (does === 'put back' && misplaced !== undefined) {
            world = putBack(small, world, misplaced, random).world
          } else for (let made = 0; made < times; made += 1) world = step(small, world, 100 + times, busy, random).world
          expectConserved(world)
        }
      }),
      { numRuns: 60 },
    )
  })

  function expectConserved(world: World): void {
    const { places, inSlot, away, loads } = world.whereabouts
    expect(places.length).toBe(small.items.length)
    const found = [...inSlot.flat(), ...away, ...loads.flatMap(({ items }) => items)].sort((one, other) => one - other)
    expect(found).toEqual(small.items.map((_, item) => item))
    inSlot.forEach((items, slot) => {
      for (const item of items) expect(places[item]).toEqual({ kind: 'slot', slot })
      expect(new Set(items.map((item) => small.items[item]?.sku)).size, 'articles in a slot').toBeLessThanOrEqual(1)
    })
    for (const item of away) expect(places[item]).toEqual({ kind: 'away' })
    for (const { items, stops, stop } of loads) {
      for (const item of items) expect(places[item]).toEqual(stops[stop]?.place)
    }
  }

  test('a misplaced pallet is not put back where another one is on its way to', () => {
    const random = seededRandom(2)
    const misplaced = misplacePallet(small, beginWorld(small, still, random), random)
    if (misplaced === undefined) throw new Error('nothing to misplace')
    let world = step(small, misplaced.world, 7_000, still, random).world
    const cold = world.whereabouts.inSlot.findIndex(
      (items, slot) => items.length > 0 && small.layout.slots[slot]?.zone === 'cold-room',
    )
    const other = transfer(world.whereabouts, cold, misplaced.from, 20_000)
    const sent = dispatch(world.whereabouts, other, world.nowMs)
    world = putBack(
      small,
      { ...world, whereabouts: sent.whereabouts },
      { from: misplaced.to, to: misplaced.from },
      random,
    ).world
    world = step(small, world, 30_000, still, random).world
    expect(world.whereabouts.inSlot[misplaced.from]).toEqual(other.items)
    expect(world.whereabouts.inSlot[misplaced.to]).toEqual([])
  })

  test('moves tell all: applied to the beginning, they give the end', () => {
    const { world, events } = run({ seed: 21, steps: 3_000 })
    const places: unknown[] = [...beginWorld(small, busy, seededRandom(21)).whereabouts.places]
    let moves = 0
    for (const event of events) {
      if (event.kind !== 'move') continue
      moves += 1
      for (const item of event.items) {
        expect(places[item]).toEqual(event.from)
        places[item] = event.to
      }
    }
    expect(moves).toBeGreaterThan(100)
    expect(places).toEqual(world.whereabouts.places)
  })
})

describe('reads', () => {
  const demo = planSimulation()
  const minutes = run({ seed: 42, steps: 3_600, settings: defaultSettings, plan: demo })
  const reads = minutes.events.filter((event) => event.kind === 'read')

  test('the whole site is seen twice within 10 s of the start', () => {
    const seen = new Set(reads.filter(({ atMs }) => atMs <= 10_000).map(({ item }) => item))
    expect(seen.size).toBeGreaterThanOrEqual(9_000 * 0.99)
    const racks = reads.filter(({ atMs, device }) => atMs <= 10_000 && device.startsWith('rack-'))
    expect(racks.length, 'each twice, as stock wants it').toBeGreaterThan(9_000 * 1.9)
    expect(racks.length).toBeLessThan(9_000 * 2.02)
  })

  test('then the rate is the one asked for', () => {
    const steady = reads.filter(({ atMs }) => atMs > 11_000).length / (360 - 11)
    expect(steady).toBeGreaterThan(50 * 0.85)
    expect(steady).toBeLessThan(50 * 1.25)
  })

  test('a round over the racks comes to every occupied slot within five minutes', () => {
    const inRound = reads.filter(({ atMs, device }) => atMs > 11_000 && atMs <= 311_000 && device.startsWith('rack-'))
    const seenSlots = new Set(inRound.map(({ device, antenna }) => `${device}.${antenna}`))
    const stillThere = minutes.world.whereabouts.inSlot.flatMap((items, slot) =>
      items.length >= 3 && items.every((item) => demo.startSlots[item] === slot) ? [slot] : [],
    )
    const unseen = stillThere.filter((slot) => !seenSlots.has(demo.layout.rackAntennas[slot]?.readPoint.id ?? ''))
    expect(stillThere.length).toBeGreaterThan(1_000)
    expect(unseen.length / stillThere.length).toBeLessThan(0.03)
  })

  test('in front of its antenna a tag is read in 60–95 % of the looks', () => {
    const sweep = reads.filter(({ atMs }) => atMs <= 2_500).length
    expect(sweep / 9_000).toBeGreaterThan(0.75)
    expect(sweep / 9_000).toBeLessThan(0.9)
  })

  test('goods that are put down are read there within 2 s', () => {
    const puts = minutes.events.filter((event) => event.kind === 'move' && event.to.kind === 'slot')
    let late = 0
    let items = 0
    for (const put of puts) {
      if (put.kind !== 'move' || put.to.kind !== 'slot' || put.atMs > 355_000) continue
      const readPoint = demo.layout.rackAntennas[put.to.slot]?.readPoint.id
      for (const item of put.items) {
        items += 1
        const seen = reads.some(
          (read) =>
            read.item === item &&
            `${read.device}.${read.antenna}` === readPoint &&
            read.atMs >= put.atMs &&
            read.atMs <= put.atMs + 2_000,
        )
        if (!seen) late += 1
      }
    }
    expect(items).toBeGreaterThan(100)
    expect(late / items).toBeLessThan(0.02)
  })

  test('stray reads are rare, and weaker than true ones', () => {
    const noisy = run({
      seed: 1,
      steps: 1_200,
      settings: { ...defaultSettings, shieldDb: 16, readsPerSecond: 500 },
      plan: demo,
    })
    const racks = noisy.events
      .filter((event) => event.kind === 'read')
      .filter(({ device }) => device.startsWith('rack-'))
    const mean = (list: readonly { rssiDbm: number }[]) =>
      list.reduce((sum, { rssiDbm }) => sum + rssiDbm, 0) / list.length
    const stray = racks.filter((read) => read.stray)
    expect(stray.length / racks.length).toBeGreaterThan(0.002)
    expect(stray.length / racks.length).toBeLessThan(0.05)
    expect(mean(racks.filter((read) => !read.stray)) - mean(stray)).toBeGreaterThan(10)
  })

  test('a pallet through a gate is heard outside first and inside last on its way in, and the other way round', () => {
    const sideOf = new Map(demo.map.readPoints.map(({ id, side }) => [id, side]))
    let right = 0
    let heard = 0
    // All tags of a pallet share its fate: it takes the pallets of several mornings to tell a share.
    for (const seed of [7, 14, 21, 28, 35, 42, 49, 56, 63, 70, 77, 84]) {
      const { events } = run({ seed, steps: 3_600, settings: defaultSettings, plan: demo })
      const gateReads = events.filter((event) => event.kind === 'read' && event.device.startsWith('gate-'))
      const byItem = Map.groupBy(gateReads, (event) => (event.kind === 'read' ? event.item : -1))
      for (const passage of events) {
        if (passage.kind !== 'move' || passage.to.kind !== 'gate') continue
        const { gate, direction } = passage.to
        if (demo.layout.gates[gate]?.kind !== 'both-ways') continue
        for (const item of passage.items) {
          const sides = (byItem.get(item) ?? []).flatMap((read) =>
            read.kind === 'read' &&
            read.device === `gate-${gate + 1}` &&
            !read.stray &&
            read.atMs >= passage.atMs &&
            read.atMs <= passage.atMs + 4_000
              ? [sideOf.get(`${read.device}.${read.antenna}`)]
              : [],
          )
          if (sides.length < 4) continue
          heard += 1
          if (sides.at(-1) === (direction === 'in' ? 'inside' : 'outside')) right += 1
        }
      }
    }
    expect(heard).toBeGreaterThan(500)
    expect(right / heard).toBeGreaterThan(0.96)
  })

  test.each([200, 2_000])('%i reads a second can be asked for', (readsPerSecond) => {
    const { events } = run({ seed: 2, steps: 300, settings: { ...defaultSettings, readsPerSecond }, plan: demo })
    const steady = events.filter(({ kind, atMs }) => kind === 'read' && atMs > 10_000).length / 20
    expect(steady / readsPerSecond).toBeGreaterThan(0.85)
    expect(steady / readsPerSecond).toBeLessThan(1.2)
  })
})

describe('climate', () => {
  const coldest = (world: World) =>
    small.layout.sensors.flatMap(({ place }, index) =>
      place.zone === 'cold-room' ? [world.climate.sensors[index]?.temperatureCelsius ?? 0] : [],
    )

  test('an hour of usual life, with doors and defrosting, raises no alarm in the cold room', () => {
    const random = seededRandom(4)
    let world = beginWorld(small, busy, random)
    for (let second = 0; second < 3_600; second += 1) {
      world = step(small, world, 1_000, busy, random).world
      for (const celsius of coldest(world)) {
        expect(celsius).toBeLessThan(8)
        expect(celsius).toBeGreaterThan(2)
      }
    }
  })

  test('without compressor it is too warm within half a minute, and fine again within two minutes of the repair', () => {
    const random = seededRandom(4)
    let world = compressorFails(small, beginWorld(small, busy, random))
    const run = (seconds: number) => {
      for (let made = 0; made < seconds * 10; made += 1) world = step(small, world, 100, busy, random).world
    }
    run(25)
    for (const celsius of coldest(world)) expect(celsius).toBeGreaterThan(8)
    run(60)
    world = compressorWorks(small, world)
    run(110)
    for (const celsius of coldest(world)) expect(celsius).toBeLessThan(6)
  })
})
