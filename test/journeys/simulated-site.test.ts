import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { CleanOptions } from '../../edge/clean/options.ts'
import { commandsOf } from '../../edge/decoders/catalogue.ts'
import { runLine } from '../../edge/line.ts'
import { SourceOptions, sourceFrom } from '../../edge/sources/catalogue.ts'
import { emptyTally } from '../../edge/tally.ts'
import { isKind } from '../../shared/record.ts'
import { gatewaySources } from '../../simulators/gateway-sources.ts'
import { startSimulation } from '../../simulators/main.ts'
import { seededRandom } from '../../simulators/world/chance.ts'
import { planWarehouse } from '../../simulators/world/plan.ts'
import { warehouseSizes } from '../../simulators/world/size.ts'
import { quietLog, steadyClock } from '../support/edge.ts'
import { memorySpool } from '../support/memory-spool.ts'
import { freePort } from '../support/ports.ts'
import { startSiteBroker } from '../support/site-broker.ts'
import { until } from '../support/until.ts'

// The simulated devices and the product's own sources, decoders and cleaning were written apart; here they meet.

test('two gateways record every tag read that the devices of their halls sent, and no other', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'simulated-site-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const broker = await startSiteBroker(directory, await freePort())
  onTestFinished(() => broker.stop())
  const plan = planWarehouse({
    site: 'pier-9',
    name: 'Pier 9',
    timeZone: 'Europe/Amsterdam',
    seed: 4,
    size: {
      ...warehouseSizes.small,
      halls: 2,
      gates: 2,
      serialLines: true,
      serialGates: 1,
      llrpGates: 1,
      items: 200,
      expectedItems: 150,
      zigbeeSensors: 6,
    },
  })
  const llrpPort = await freePort()
  const connections = {
    brokerUrl: () => broker.url,
    ptyDirectory: join(directory, 'ptys'),
    llrpPort: () => llrpPort,
  }
  const clock = steadyClock()

  const stop = new AbortController()
  const opened = Object.entries(gatewaySources(plan, connections)).map(async ([gateway, sources]) => {
    const spool = memorySpool()
    const tally = emptyTally()
    const context = {
      clock,
      random: seededRandom(1),
      commandsOf,
    }
    const ended = runLine(
      {
        gateway,
        sources: await Promise.all(sources.map((source) => sourceFrom(SourceOptions.parse(source), context))),
        clean: CleanOptions.parse({ windowMs: 500 }),
        spool,
        clock,
        random: context.random,
        log: quietLog(),
        tally,
      },
      stop.signal,
    )
    return { gateway, spool, tally, ended }
  })
  const gateways = await Promise.all(opened)
  const stateOf = (device: string) =>
    gateways
      .flatMap(({ spool }) => spool.records)
      .flatMap((record) => (isKind(record, 'device') && record.device === device ? [record.state] : []))
      .at(-1)
  await until('both gateways listen', () => ['readers-north', 'readers-south'].every((id) => stateOf(id) === 'up'))

  const simulation = await startSimulation(
    { ...connections, plan, clock, log: () => {}, settings: { readsPerSecond: 100, sensorEveryMs: 500 } },
    stop.signal,
  )
  onTestFinished(() => simulation.stop())
  await until('the LLRP reader of gate 1 and the serial one of gate 2 are up', () =>
    ['gate-1', 'gate-2'].every((id) => stateOf(id) === 'up'),
  )
  await simulation.stories['inbound-truck']()
  await simulation.stories['inbound-truck']()
  const told = (device: string) =>
    gateways.reduce((sum, { tally }) => sum + (tally.devices.get(device)?.tagReads ?? 0), 0)
  await until('both gates told something', () => told('gate-1') > 0 && told('gate-2') > 0)
  await until('the sensors told something', () =>
    plan.map.sensors.every(({ id }) =>
      gateways.some(({ spool }) =>
        spool.records.some((record) => isKind(record, 'measurement') && record.sensor === id),
      ),
    ),
  )
  await simulation.stop()

  const { truth } = simulation
  const sent = new Map<string, number>()
  for (const entry of truth.entries()) {
    if (entry.kind === 'read' && entry.sent) sent.set(entry.device, (sent.get(entry.device) ?? 0) + 1)
  }
  await until('every read arrived', () => [...sent].every(([device, count]) => told(device) === count))
  stop.abort()
  await Promise.all(gateways.map(({ ended }) => ended))

  let counted = 0
  for (const { gateway, spool, tally } of gateways) {
    const own = new Set(plan.map.readPoints.filter((point) => point.gateway === gateway).map(({ id }) => id))
    for (const record of spool.records) {
      if (!isKind(record, 'observation')) continue
      counted += record.count
      expect(own.has(record.readPoint), `${record.readPoint} at ${gateway}`).toBe(true)
    }
    expect(tally.samples()).toEqual([])
  }
  expect(counted).toBe(truth.counters.readsSent)
})
