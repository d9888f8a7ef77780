import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { openInventory } from '../../cloud/inventory/open.ts'
import { openSeries, SeriesConfig } from '../../cloud/series/catalogue.ts'
import type { Item } from '../../shared/api.ts'
import { planSimulation } from '../../simulators/main.ts'
import { inboundTruckHeard } from '../../simulators/scenarios/recording.ts'
import { type InfluxServer, startInfluxServer } from '../support/influxdb.ts'
import { startWarepulse } from '../support/processes.ts'
import { recordedGate } from '../support/recorded-gate.ts'
import { gateMap, openStreet, type Street } from '../support/street.ts'

/**
 * A recorded run of a real gate goes down the whole street: reader source, decoding, cleaning, spool, MQTT, intake,
 * journal, projections. What stands at the end is compared with a count taken directly from the file.
 */
const site = 'gate-test'
const recorded = recordedGate('run-x1')
const clock = { now: () => Date.now(), monotonicMs: () => performance.now() }

let street: Street | undefined
let influx: InfluxServer | undefined
afterEach(async () => {
  await street?.remove()
  await influx?.stop()
  street = undefined
  influx = undefined
})

describe.each(['sqlite', 'influxdb 1.x'] as const)('series in %s', (store) => {
  test.skipIf(recorded === undefined)('every read and every tag of the recording is there, once', async () => {
    if (recorded === undefined) return
    influx = store === 'sqlite' ? undefined : await startInfluxServer()
    const series = influx === undefined ? {} : { influx: { version: 1, url: influx.url, database: 'recorded' } }
    street = await openStreet(site, { series })
    const cloud = await street.startCloud()
    await street.send('PUT', `/sites/${site}/map`, gateMap(site, 'gw-1', 'dock-1'))
    const config = await street.addGateway('gw-1', [])

    const replay = startWarepulse(['replay', recorded.path, '--config', config, '--device', 'dock-1', '--json'])
    expect(await replay.exited, replay.output()).toBe(0)
    const told = JSON.parse(replay.output().trim().split('\n').at(-1) ?? '') as Record<string, number>
    expect(told).toMatchObject({ tagReads: recorded.reads })
    expect(told['acknowledged']).toBe(told['records'])
    await street.caughtUp()

    const items = await street.all<Item>(`/sites/${site}/items`)
    expect(new Set(items.map(({ epc }) => epc))).toEqual(recorded.epcs)
    // The gate decides on passages while the run is played: what went out through it has departed.
    expect(items.filter(({ zone, state }) => (state === 'departed' ? zone !== null : zone !== 'dock'))).toEqual([])

    await cloud.stop()
    const inventory = await openInventory({ path: join(street.dataDirectory, 'inventory.sqlite'), tell: () => {} })
    expect(inventory.totals(site)).toMatchObject({ tagReads: recorded.reads, distinctEpcs: recorded.epcs.size })
    await inventory.close()
    const { store: history } = await openSeries(SeriesConfig.parse(series), street.dataDirectory, clock)
    const counted = await history.countReads(site, recorded.fromMs, recorded.toMs + 1, AbortSignal.timeout(30_000))
    expect(counted).toMatchObject({ reads: recorded.reads, epcs: recorded.epcs.size })
    await history.close()
  })
})

test('a truck of the demo, played twenty times as fast: every tag of it is in stock, at the dock that it came in by', async () => {
  street = await openStreet(site)
  const cloud = await street.startCloud()
  await street.send('PUT', `/sites/${site}/map`, gateMap(site, 'gw-1', 'dock-1'))
  const config = await street.addGateway('gw-1', [])
  const scene = inboundTruckHeard(planSimulation({ serialLines: false }))
  const args = ['replay', 'demo://inbound-truck', '--config', config, '--device', 'dock-1', '--speed', '20', '--json']
  const replay = startWarepulse(args)
  expect(await replay.exited, replay.output()).toBe(0)
  const told = JSON.parse(replay.output().trim().split('\n').at(-1) ?? '') as Record<string, number>
  expect(told).toMatchObject({ tagReads: scene.length, refused: 0 })
  expect(told['acknowledged']).toBe(told['records'])
  await street.caughtUp()
  const items = await street.all<Item>(`/sites/${site}/items`)
  expect(new Set(items.map(({ epc }) => epc))).toEqual(new Set(scene.map(({ epc }) => epc)))
  expect(items.filter(({ state, zone }) => state === 'departed' || zone !== 'dock')).toEqual([])
  await cloud.stop()
})
