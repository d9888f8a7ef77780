import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openAlerts } from '../cloud/alerts/open.ts'
import type { GatewayEntry, JournalEntry } from '../cloud/journal/journal.ts'
import type { ThresholdRule } from '../shared/rules/of-values.ts'
import { seededRandom } from '../simulators/world/chance.ts'
import type { BenchmarkOptions, Figures } from './benchmark.ts'
import { percentile } from './support/probes.ts'

/**
 * The alert projection alone, on one core: 2,000 rules over 20,000 sensors of 2,000 zones, each sensor with two
 * quantities, in batches of 200 measurements. A commit takes what 50 batches brought, as under load. One measurement in
 * a thousand begins an excursion, so alerts are raised and cleared all the time.
 *
 * `measurementsPerSecond` goes by the clock on the wall, `measurementsPerCoreSecond` by the time that the process had on
 * processors, its garbage collection included: the two differ where others use the machine.
 *
 * `p99Ms`: from handing batches over until what they raised is committed, so that boards may be told.
 */
const site = 'bench'
const sensors = 20_000
const rules = 2000
const perBatch = 200
const batchesPerCommit = 50

export async function run(options: BenchmarkOptions): Promise<Figures> {
  const directory = await mkdtemp(join(tmpdir(), 'warepulse-bench-'))
  const raised = new Set<string>()
  const alerts = await openAlerts({
    path: join(directory, 'alerts.sqlite'),
    tell: (facts) => {
      for (const fact of facts) if (fact.type === 'alert' && fact.alert.state === 'active') raised.add(fact.alert.id)
    },
  })
  try {
    const signal = new AbortController().signal
    const source = measurements()
    await alerts.apply(setUp(), signal)
    let offset = alerts.offset
    const turns: number[] = []
    let measured = 0
    let busyMs = 0
    let coreMicros = 0
    const untilMs = (options.seconds ?? 10) * 1000
    while (busyMs < untilMs) {
      const entries: JournalEntry[] = []
      for (let batch = 0; batch < batchesPerCommit; batch += 1) entries.push(source(++offset))
      const cpu = process.cpuUsage()
      const startedMs = performance.now()
      await alerts.apply(entries, signal)
      const tookMs = performance.now() - startedMs
      const { user, system } = process.cpuUsage(cpu)
      coreMicros += user + system
      turns.push(tookMs)
      busyMs += tookMs
      measured += batchesPerCommit * perBatch
    }
    return {
      measurementsPerSecond: Math.round((measured / busyMs) * 1000),
      measurementsPerCoreSecond: Math.round((measured / coreMicros) * 1_000_000),
      p99Ms: Number(percentile(turns, 0.99).toFixed(1)),
      raised: raised.size,
      rules,
      sensors,
    }
  } finally {
    await alerts.close()
    await rm(directory, { recursive: true, force: true })
  }
}

/** Map and rules: every rule watches the temperature of one zone of ten sensors. */
function setUp(): readonly JournalEntry[] {
  const at = Date.now()
  const zones = Array.from({ length: rules }, (_, zone) => ({ id: `zone-${zone}`, name: `Zone ${zone}` }))
  const places = Array.from({ length: sensors }, (_, index) => ({
    ...{ id: `sensor-${index}`, name: `Sensor ${index}`, gateway: 'gw-1', zone: `zone-${index % rules}`, x: 0, y: 0 },
    limits: {},
  }))
  const map = {
    ...{ version: 1, site, name: 'Alert bench', timeZone: 'UTC', width: 1, depth: 1, halls: [] },
    ...{ zones, slots: [], readPoints: [], sensors: places, skus: [] },
  }
  const own = (offset: number, record: object) =>
    ({ origin: 'cloud', offset, recordedAt: at, site, records: [record] }) as unknown as JournalEntry
  const watching = zones.map(
    ({ id }, index): ThresholdRule => ({
      ...{ id: `rule-${index}`, site, name: 'Too warm', severity: 2, whatToDo: 'Close the door.', enabled: true },
      ...{ type: 'threshold', quantity: 'temperature', zone: id, direction: 'above', limit: 8, clearAt: 7 },
      onDelayMs: 0,
    }),
  )
  return [
    own(1, { kind: 'map', at, by: 'bench', map }),
    ...watching.map((rule, index) => own(index + 2, { kind: 'rule', at, by: 'bench', rule })),
  ]
}

/** Sensors take turns; now and then one is warm for a while. */
function measurements(): (offset: number) => GatewayEntry {
  const random = seededRandom(42)
  const warmUntil = new Float64Array(sensors)
  let at = Date.now()
  let next = 0
  let sequence = 1
  return (offset) => {
    const records = Array.from({ length: perBatch }, () => {
      const sensor = next++ % sensors
      if (random() < 0.001) warmUntil[sensor] = at + 10_000
      const temperature = ((warmUntil[sensor] ?? 0) > at ? 9 : 4) + Math.round(random() * 100) / 100
      return {
        ...{ kind: 'measurement' as const, at, sensor: `sensor-${sensor}` },
        values: { temperature, humidity: Math.round(random() * 400) / 10 + 30 },
      }
    })
    at += 10
    const first = sequence
    sequence += perBatch
    return {
      ...{ origin: 'gateway', offset, recordedAt: at, site, gateway: 'gw-1', epoch: 'b'.repeat(32) },
      ...{ first, late: false, records },
    }
  }
}
