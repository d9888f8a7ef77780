import { expect, test } from 'vitest'
import { isSurelyElsewhere } from '../../../cloud/location/elsewhere.ts'
import { everywhere, defaultProfile as profile } from '../../../cloud/location/profile.ts'
import { foldSign, recentCells, take } from '../../../cloud/location/recent.ts'
import { placeHeard, trackCells } from '../../../cloud/location/track.ts'
import { planSimulation } from '../../../simulators/main.ts'
import { seededRandom } from '../../../simulators/world/chance.ts'
import { beginWorld, defaultSettings, step } from '../../../simulators/world/world.ts'

/** Whoever watches the demo sees where goods went, and that it is certain: not “perhaps” for as long as he looks. */

const plan = planSimulation()
const settings = { ...defaultSettings, relocationEveryMs: 12_000 }
const minutes = 6
const stepsAMinute = 600
const quietMs = 60_000

test('of goods that are put into a slot and stay, four of five are surely there within a minute', () => {
  const random = seededRandom(42)
  let world = beginWorld(plan, settings, random)
  // Places of the engine: slots from 1, whatever else hears a tag behind them.
  const places = new Map<string, number>(
    plan.layout.rackAntennas.map(({ device, port }, slot) => [`${device}/${port}`, slot + 1]),
  )
  const slots = plan.layout.slots.length
  const ground = {
    zoneOf: (place: number) => (place > slots ? `beside ${place}` : 'racks'),
    isSlot: (place: number) => place <= slots,
    keyOf: String,
    isWatched: () => true,
    unhealthy: () => [],
  }
  const profiles = everywhere(profile)
  const heard = new Map<number, { recent: Parameters<typeof take>[0]; now: Parameters<typeof foldSign>[0] }>()
  const put = new Map<number, { slot: number; atMs: number }>()
  const isSure: boolean[] = []
  for (let made = 0; made < minutes * stepsAMinute; made += 1) {
    const stepped = step(plan, world, 100, settings, random)
    world = stepped.world
    for (const event of stepped.events) {
      if (event.kind === 'move') {
        for (const item of event.items) {
          put.delete(item)
          if (event.to.kind === 'slot') put.set(item, { slot: event.to.slot, atMs: event.atMs })
        }
      } else if (event.kind === 'read') {
        const antenna = `${event.device}/${event.antenna}`
        const place = places.get(antenna) ?? slots + places.size
        places.set(antenna, place)
        const of = heard.get(event.item) ?? {
          recent: { cells: new Float64Array(recentCells), start: 0 },
          now: { cells: new Float64Array(trackCells), start: 0 },
        }
        heard.set(event.item, of)
        const reading = { at: 1e12 + event.atMs, place, reads: 1, rssiDbm: event.rssiDbm }
        if (take(of.recent, reading, of.now, ground, profiles) === 'newest') foldSign(of.now, reading, ground, profiles)
      }
    }
    for (const [item, { slot, atMs }] of put) {
      if (world.nowMs - atMs < quietMs) continue
      put.delete(item)
      const track = heard.get(item)?.now
      isSure.push(
        track !== undefined && placeHeard(track) === slot + 1 && isSurelyElsewhere(track, new Set([0]), profile),
      )
    }
  }
  expect(isSure.length).toBeGreaterThan(150)
  expect(isSure.filter(Boolean).length / isSure.length).toBeGreaterThan(0.8)
})
