import type { Measurement, Observation } from '../shared/record.ts'
import type { SiteMap } from '../shared/site-map.ts'
import { between, seededRandom } from './world/chance.ts'
import { sgtin96 } from './world/sgtin.ts'

/** Records as gateways would spool them, for benchmarks: half measurements, half observations, in event time. */
export interface LoadOptions {
  readonly seed: number
  /** Event time of the first record, Unix ms. */
  readonly startAt: number
  readonly sensors: number
  readonly tags: number
  readonly readPoints: number
  /** Records that share one millisecond. */
  readonly recordsPerMs: number
}

export const standardLoad: Omit<LoadOptions, 'startAt'> = {
  seed: 42,
  sensors: 500,
  tags: 50_000,
  readPoints: 2_000,
  recordsPerMs: 50,
}

const companyPrefix = 9_506_000
const slotsPerRow = 50
/** Every so many looks at a tag find it somewhere else than before. */
const looksPerMove = 100

/** An endless stream. Sensors take turns; tags are seen where they lie, and one look in a hundred after a move. */
export function* loadRecords(options: LoadOptions): Generator<Measurement | Observation, never, void> {
  const random = seededRandom(options.seed)
  const epcs = Array.from({ length: options.tags }, (_, tag) => loadEpc(tag))
  const at = Array.from({ length: options.tags }, () => Math.floor(random() * options.readPoints))
  const celsius = Array.from({ length: options.sensors }, () => 15 + random() * 10)
  for (let index = 0; ; index += 1) {
    const now = options.startAt + Math.floor(index / options.recordsPerMs)
    if (index % 2 === 0) {
      const sensor = (index / 2) % options.sensors
      const temperature = (celsius[sensor] ?? 20) + (random() - 0.5) * 0.2
      celsius[sensor] = temperature
      yield {
        kind: 'measurement',
        at: now,
        sensor: loadSensor(sensor),
        values: { temperature: Math.round(temperature * 100) / 100, humidity: between(400, 600, random) / 10 },
      }
      continue
    }
    const tag = Math.floor(random() * options.tags)
    if (random() * looksPerMove < 1) at[tag] = Math.floor(random() * options.readPoints)
    const firstAt = now - between(0, 1_900, random)
    yield {
      kind: 'observation',
      at: now,
      firstAt,
      readPoint: loadReadPoint(at[tag] ?? 0),
      epc: epcs[tag] ?? '',
      count: between(1, 9, random),
      peakRssiDbm: -between(45, 70, random),
      antenna: 1,
    }
  }
}

/** The map on which all of these records have a place: one slot per read point. */
export function loadMap(site: string, gateway: string, options: Omit<LoadOptions, 'startAt'> = standardLoad): SiteMap {
  const spots = Array.from({ length: options.readPoints }, (_, index) => ({
    index,
    x: index % slotsPerRow,
    y: Math.floor(index / slotsPerRow) * 4,
  }))
  const depth = Math.ceil(options.readPoints / slotsPerRow) * 4
  return {
    version: 1,
    site,
    name: 'Load test',
    timeZone: 'UTC',
    width: slotsPerRow,
    depth,
    zones: [{ id: 'hall', name: 'Hall', kind: 'storage', x: 0, y: 0, width: slotsPerRow, depth }],
    slots: spots.map(({ index, x, y }) => ({ id: `slot-${index}`, zone: 'hall', x, y, width: 1, depth: 1, level: 0 })),
    readPoints: spots.map(({ index, x, y }) => ({
      id: loadReadPoint(index),
      gateway,
      device: `reader-${index}`,
      kind: 'slot',
      zone: 'hall',
      slots: [`slot-${index}`],
      x: x + 0.5,
      y: y + 0.5,
    })),
    sensors: Array.from({ length: options.sensors }, (_, index) => ({
      id: loadSensor(index),
      name: `Sensor ${index}`,
      gateway,
      zone: 'hall',
      x: index % slotsPerRow,
      y: Math.floor(index / slotsPerRow) * 4 + 2,
      limits: {},
    })),
    skus: [],
  }
}

export function loadEpc(tag: number): string {
  return sgtin96(companyPrefix, 1 + (tag % 500), 1_000_000 + tag)
}

function loadSensor(index: number): string {
  return `sensor-${index}`
}

export function loadReadPoint(index: number): string {
  return `reader-${index}.1`
}
