import { describe, expect, test } from 'vitest'
import { Rule } from '../../../shared/rule.ts'
import { SiteMap } from '../../../shared/site-map.ts'
import { planSimulation } from '../../../simulators/main.ts'
import { articles } from '../../../simulators/world/goods.ts'
import { layOut } from '../../../simulators/world/layout.ts'
import { warehouseSizes } from '../../../simulators/world/size.ts'

const demo = planSimulation()

describe('Harbour DC', () => {
  test.each([
    ['slots', demo.map.slots.length, 2_400],
    ['gates', demo.layout.gates.length, 4],
    ['sensors', demo.map.sensors.length, 30],
    ['gateways', demo.layout.halls.length, 2],
    ['articles', demo.map.skus.length, 61],
    ['items on the site', demo.startSlots.filter((slot) => slot >= 0).length, 9_000],
    ['items known', demo.items.length, 9_600],
    ['EPCs', new Set(demo.items.map(({ epc }) => epc)).size, 9_600],
    [
      'read points: racks, two stagings, three gates of four antennas and one of one',
      demo.map.readPoints.length,
      2_421,
    ],
    ['cold slots', demo.map.slots.filter(({ zone }) => zone === 'cold-room').length, 240],
  ])('%s', (_, count, expected) => expect(count).toBe(expected))

  test.each(['small', 'demo'] as const)('size %s gives a map and rules that the cloud accepts', (size) => {
    const plan = size === 'demo' ? demo : planSimulation({ size })
    expect(SiteMap.parse(plan.map)).toEqual(plan.map)
    expect(plan.rules.map((rule) => Rule.parse(rule))).toEqual(plan.rules)
  })

  test('the huge one has 100,000 slots', () => {
    expect(layOut(warehouseSizes.huge).slots).toHaveLength(100_000)
  })

  test('every slot has one antenna, and its code says hall, row, bay and level', () => {
    const covered = demo.map.readPoints.flatMap(({ slots }) => slots)
    expect(covered).toEqual(demo.map.slots.map(({ id }) => id))
    expect(new Set(covered).size).toBe(2_400)
    for (const { id } of demo.map.slots) expect(id).toMatch(/^[AB]\d\d-\d\d-[1-4]$/)
  })

  test('no two slots and no two zones lie on the same ground, and all lie inside the building', () => {
    for (const things of [demo.map.slots, demo.map.zones]) {
      const byX = [...things].sort((one, other) => one.x - other.x)
      byX.forEach((thing, index) => {
        expect(thing.x).toBeGreaterThanOrEqual(0)
        expect(thing.x + thing.width).toBeLessThanOrEqual(demo.map.width + 0.005)
        expect(thing.y + thing.depth).toBeLessThanOrEqual(demo.map.depth + 0.005)
        for (const other of byX.slice(index + 1)) {
          if (other.x >= thing.x + thing.width - 0.005) break
          const apart = other.y >= thing.y + thing.depth - 0.005 || thing.y >= other.y + other.depth - 0.005
          expect(apart, `${thing.id} and ${other.id}`).toBe(true)
        }
      })
    }
  })

  test('every slot, read point and sensor stands in its zone', () => {
    const zones = new Map(demo.map.zones.map((zone) => [zone.id, zone]))
    for (const { id, zone, x, y } of [...demo.map.slots, ...demo.map.readPoints, ...demo.map.sensors]) {
      const ground = zones.get(zone)
      expect(ground, id).toBeDefined()
      if (ground === undefined) continue
      expect(x >= ground.x && x <= ground.x + ground.width, id).toBe(true)
      expect(y >= ground.y && y <= ground.y + ground.depth, id).toBe(true)
    }
  })

  test('goods that need the cold begin in the cold room, and nothing else does', () => {
    demo.startSlots.forEach((slot, item) => {
      if (slot >= 0) expect(demo.map.slots[slot]?.zone === 'cold-room').toBe(demo.needsCold[item])
    })
  })

  test('hex bolts lie in exactly three slots', () => {
    const bolts = articles.find(({ name }) => name.startsWith('Hex bolt'))
    const slots = demo.startSlots.filter((slot, item) => slot >= 0 && demo.items[item]?.sku === bolts?.sku)
    expect(new Set(slots).size).toBe(3)
  })

  test('the same seed gives the same plan, another seed another', () => {
    const plan = (seed: number) => JSON.stringify(planSimulation({ seed, size: 'small' }))
    expect(plan(7)).toBe(plan(7))
    expect(plan(7)).not.toBe(plan(8))
  })
})
