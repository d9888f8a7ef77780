import { describe, expect, test } from 'vitest'
import { conditionsOf, sensorExpiresAfterMs, sensorTrust, trustOf, trusts } from '../../../cloud/board/core/trust.ts'
import type { GatewayState } from '../../../shared/api.ts'
import { aGateway, aMap, silent } from './a-site.ts'

const states = (...gateways: GatewayState[]) => new Map(gateways.map((state) => [state.gateway, state]))
const north = aGateway('gw-n')
const south = aGateway('gw-s')

describe('what can be believed', () => {
  for (const [name, gateways, slots, zones] of [
    ['all well', states(north, south), ['current', 'current', 'current', 'current'], ['current', 'current']],
    [
      'south gateway lost: S-2, which nobody reads, has lost nothing',
      states(north, aGateway('gw-s', { link: 'offline' })),
      ['current', 'current', 'gateway-lost', 'current'],
      ['current', 'gateway-lost'],
    ],
    [
      'a gateway that never came',
      states(north, aGateway('gw-s', { link: 'never' })),
      ['current', 'current', 'gateway-lost', 'current'],
      ['current', 'gateway-lost'],
    ],
    [
      'a gateway nobody has heard of',
      states(north),
      ['current', 'current', 'gateway-lost', 'current'],
      ['current', 'gateway-lost'],
    ],
    [
      'one of two readers silent: the other covers N-1 too',
      states(aGateway('gw-n', { devices: [silent('reader-n1')] }), south),
      ['current', 'current', 'current', 'current'],
      ['current', 'current'],
    ],
    [
      'the zone reader silent: N-1 has its own',
      states(aGateway('gw-n', { devices: [silent('reader-n2')] }), south),
      ['current', 'reader-silent', 'current', 'current'],
      ['current', 'current'],
    ],
    [
      'both silent',
      states(aGateway('gw-n', { devices: [silent('reader-n1'), silent('reader-n2')] }), south),
      ['reader-silent', 'reader-silent', 'current', 'current'],
      ['current', 'current'],
    ],
    [
      'a silent gate says nothing about shelves',
      states(north, aGateway('gw-s', { devices: [silent('gate-1')] })),
      ['current', 'current', 'current', 'current'],
      ['current', 'current'],
    ],
  ] as const) {
    test(name, () => {
      const trust = trustOf(aMap(), gateways)
      expect([...trust.slots].map((value) => trusts[value])).toEqual(slots)
      expect([trust.zones.get('north'), trust.zones.get('south')]).toEqual(zones)
    })
  }
})

describe('sensors', () => {
  const [place] = aMap().sensors
  if (place === undefined) throw new Error('the map of these tests has a sensor')
  const said = { sensor: 'climate-1', at: 1_000, values: { temperature: 4 }, outside: [] }
  for (const [name, value, gateways, now, expected] of [
    ['young', said, states(north), 2_000, 'current'],
    ['never said anything', undefined, states(north), 2_000, 'never'],
    ['old', said, states(north), 1_001 + sensorExpiresAfterMs, 'sensor-silent'],
    [
      'its gateway says that it is silent',
      said,
      states(aGateway('gw-n', { devices: [silent('climate-1')] })),
      2_000,
      'sensor-silent',
    ],
    ['its gateway is lost', said, states(aGateway('gw-n', { link: 'offline' })), 2_000, 'gateway-lost'],
  ] as const) {
    test(`${name} → ${expected}`, () => expect(sensorTrust(place, value, gateways, now)).toBe(expected))
  }
  test('speaks of the hall, and of its own battery only where that has a limit', () => {
    const more = { ...said, values: { batteryPercent: 87, temperature: 4, humidity: 61, linkQuality: 120 } }
    expect(conditionsOf(place, more)).toEqual(['temperature', 'humidity'])
    expect(conditionsOf({ ...place, limits: { batteryPercent: { low: 10 } } }, more)).toEqual([
      'batteryPercent',
      'temperature',
      'humidity',
    ])
    expect(conditionsOf(place, undefined)).toEqual(['temperature'])
  })
})
