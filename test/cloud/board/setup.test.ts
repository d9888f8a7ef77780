import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { withSlots } from '../../../cloud/board/core/map/edit.ts'
import { slotsFromCsv } from '../../../cloud/board/core/map/slot-csv.ts'
import {
  emptySite,
  firstMap,
  gatewayYaml,
  readerYaml,
  siteIdOf,
  stepsDone,
  withReader,
} from '../../../cloud/board/core/setup.ts'
import { checkMap } from '../../../cloud/http/check-map.ts'
import { EdgeConfig } from '../../../edge/config.ts'
import { SiteMap } from '../../../shared/site-map.ts'

const wanted = {
  site: 'harbour',
  name: 'Harbour DC',
  timeZone: 'Europe/Amsterdam',
  ...{ aisles: 4, racks: 6, levels: 3, positions: 3 },
  zoneNames: { dock: 'Dock', racks: 'Racks' },
}
const made = (changes: Partial<typeof wanted> = {}) => {
  const result = firstMap({ ...wanted, ...changes })
  if (!result.ok) throw new Error(JSON.stringify(result.flaws))
  return result.map
}

describe('the first map', () => {
  test('is one that the server takes, with every slot inside of its zone', () => {
    const map = made()
    expect(checkMap(SiteMap.parse(map))).toEqual([])
    expect(map.slots).toHaveLength(4 * 2 * 6 * 3 * 3)
    const racks = map.zones.find(({ id }) => id === 'racks')
    for (const slot of map.slots) {
      expect(slot.y).toBeGreaterThanOrEqual(racks?.y ?? Number.NaN)
      expect(slot.x + slot.width).toBeLessThanOrEqual(map.width)
      expect(slot.y + slot.depth).toBeLessThanOrEqual(map.depth)
    }
  })
  test('of too many slots there is none', () => {
    expect(firstMap({ ...wanted, aisles: 900, racks: 900 })).toMatchObject({ ok: false })
    expect(firstMap({ ...wanted, levels: 0 })).toMatchObject({ ok: false })
  })
  test('of an empty floor is one that the server takes, and takes slots from a spreadsheet', () => {
    const { site, name, timeZone } = wanted
    const map = emptySite({ site, name, timeZone, width: 60, depth: 40, zoneName: 'Racks' })
    expect(checkMap(SiteMap.parse(map))).toEqual([])
    const { slots } = slotsFromCsv('slot,zone,x,y\nA-01,racks,2,2\n')
    expect(checkMap(SiteMap.parse(withSlots(map, slots, 'add')))).toEqual([])
  })
  test('a reader comes onto it, and comes anew when it is placed anew', () => {
    const reader = { gateway: 'g1', device: 'r1', zone: 'dock', kind: 'gate', antennas: 4 } as const
    const once = withReader(made(), reader)
    if (once === null) throw new Error('no zone')
    expect(checkMap(SiteMap.parse(once))).toEqual([])
    expect(once.version).toBe(2)
    expect(once.readPoints.map(({ id, side }) => [id, side])).toEqual([
      ['r1.1', 'outside'],
      ['r1.2', 'outside'],
      ['r1.3', 'inside'],
      ['r1.4', 'inside'],
    ])
    const again = withReader(once, { ...reader, zone: 'racks', kind: 'zone', antennas: 1 })
    expect(again?.readPoints.map(({ id, zone, side }) => [id, zone, side])).toEqual([['r1.1', 'racks', undefined]])
    expect(withReader(once, { ...reader, zone: 'yard' })).toBeNull()
  })
})

describe('what the gateway is told is a configuration that it takes', () => {
  for (const [origin, url] of [
    ['http://127.0.0.1:8080', 'mqtt://127.0.0.1:1883'],
    ['http://10.0.0.5:8080', 'mqtt://10.0.0.5:1883'],
    ['https://board.example', 'mqtts://board.example:8883'],
  ] as const)
    test(origin, () => {
      const text = gatewayYaml({ site: 'harbour', gateway: 'g1', origin }).replace(
        'sources: []\n',
        readerYaml('r1', '10.0.0.9'),
      )
      expect(EdgeConfig.parse(parse(text))).toMatchObject({ uplink: { url }, sources: [{ type: 'llrp', id: 'r1' }] })
    })
})

describe('where somebody is on the way', () => {
  const map = { site: 'harbour', readPoints: [] }
  const starter = { id: 'gateway-silent.harbour' }
  for (const [name, facts, done] of [
    ['nothing', { map: null, gateways: [], rules: [], walls: 0 }, []],
    ['a password', { hasPassword: true, map: null, gateways: [], rules: [], walls: 0 }, ['password']],
    ['a site with what it begins with', { map, gateways: [], rules: [starter], walls: 0 }, ['site']],
    ['a gateway that was let in and never came', { map, gateways: [{ link: 'never' }], rules: [], walls: 0 }, ['site']],
    [
      'a gateway that is away just now',
      { map, gateways: [{ link: 'offline' }], rules: [], walls: 0 },
      ['site', 'gateway'],
    ],
    ['later steps first', { map, gateways: [], rules: [starter, { id: 'cold' }], walls: 2 }, ['site', 'rule', 'wall']],
  ] as const)
    test(name, () => expect([...stepsDone({ hasPassword: false, ...facts })]).toEqual(done))
  for (const [name, id] of [
    ['Harbour DC', 'harbour-dc'],
    ['Entrepôt n° 3', 'entrepot-n-3'],
    ['上海仓库', ''],
  ] as const)
    test(`${name} in short`, () => expect(siteIdOf(name)).toBe(id))
})
