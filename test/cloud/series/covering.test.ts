import { expect, test } from 'vitest'
import { sensorAt } from '../../../cloud/series/covering.ts'
import { SiteMap } from '../../../shared/site-map.ts'

const zone = (id: string, x: number) => ({ id, name: id, x, y: 0, width: 10, depth: 10 })
const slot = (id: string, zone: string, x: number) => ({ id, zone, x, y: 0, width: 2, depth: 2 })
const sensor = (id: string, zone: string, x: number, y = 1) => ({ id, name: id, gateway: 'gw1', zone, x, y })
const map = SiteMap.parse({
  ...{ version: 1, site: 'harbour', name: 'Harbour', timeZone: 'UTC', width: 30, depth: 10, readPoints: [] },
  zones: [zone('cold', 0), zone('dock', 10), zone('yard', 20)],
  slots: [slot('left', 'cold', 0), slot('right', 'cold', 7), slot('edge', 'dock', 10), slot('gravel', 'yard', 20)],
  sensors: [
    sensor('far', 'cold', 9),
    sensor('near', 'cold', 1),
    sensor('twin', 'dock', 12),
    sensor('atwin', 'dock', 10),
  ],
})

test.each([
  ['the nearest of a slot', 'cold', 'left', 'near'],
  ['… another of the same zone', 'cold', 'right', 'far'],
  ['of two equally near the first by its id, and none of the zone next door', 'dock', 'edge', 'atwin'],
  ['of a zone the nearest to its middle', 'dock', null, 'twin'],
  ['of a slot that is not on the map any more, too', 'dock', 'removed', 'twin'],
  ['a zone without sensors', 'yard', 'gravel', undefined],
  ['a zone that is not on the map any more', 'attic', null, undefined],
])('%s', (_name, zone, slot, expected) => {
  expect(sensorAt(map, { zone, slot })?.id).toBe(expected)
})
