import type { Measurement, Observation } from '../../shared/record.ts'
import type { SiteMap } from '../../shared/site-map.ts'

/**
 * What really happened, numbered: number n is always the same tag read or sensor value for the same seed, so that a
 * feeder in another process and the oracle agree without speaking. Every fourth number is a measurement. No two share
 * an instant, unless `stepMs` is 0, and then every number is a read of a tag of its own. A tag is read `readsInPlace`
 * times in one slot, always by the antenna there, and then lies in another.
 */
export interface TruthOptions {
  readonly seed: number
  /** Unix ms of number 0. */
  readonly startAt: number
  /** Between one number and the next. */
  readonly stepMs?: number
  readonly tags?: number
  /** The readers have no clock: every number is a read of a tag of its own, stamped by the gateway. */
  readonly withoutClock?: boolean
}

export type Happening =
  | { readonly kind: 'read'; readonly record: Observation; readonly device: string; readonly antenna: number }
  | { readonly kind: 'value'; readonly record: Measurement }

export interface Truth {
  readonly options: Required<TruthOptions>
  of(n: number): Happening
  /** The number that such a record tells of, if the truth knows it. */
  numberOf(record: { readonly kind: string; readonly [field: string]: unknown }): number | undefined
}

const truthDevices = 4
const truthAntennas = 4
export const truthSensors = 8
const defaultTags = 200
/** Of one tag, before it is carried elsewhere. */
export const readsInPlace = 25

export function openTruth({
  seed,
  startAt,
  stepMs = 10,
  tags = defaultTags,
  withoutClock = false,
}: TruthOptions): Truth {
  const ownTags = stepMs === 0 || withoutClock
  const of = (n: number): Happening => {
    const at = startAt + n * stepMs
    if (n % 4 === 0 && !ownTags) {
      const turn = n / 4
      return {
        kind: 'value',
        record: {
          kind: 'measurement',
          at,
          sensor: `cold-${turn % truthSensors}`,
          values: { temperature: 5 + (turn % 97) / 10 },
        },
      }
    }
    const tag = ownTags ? n : n % tags
    const chance = mixed(seed, ownTags ? n : tag + tags * Math.floor(n / (tags * readsInPlace)))
    const device = `rack-${1 + (chance % truthDevices)}`
    const antenna = 1 + ((chance >>> 8) % truthAntennas)
    return {
      kind: 'read',
      device,
      antenna,
      record: {
        kind: 'observation',
        at,
        firstAt: at,
        readPoint: `${device}.${antenna}`,
        epc: `30395DFA81${tag.toString(16).toUpperCase().padStart(14, '0')}`,
        count: 1,
        peakRssiDbm: -55,
        antenna,
      },
    }
  }
  return {
    options: { seed, startAt, stepMs, tags, withoutClock },
    of,
    numberOf(record) {
      const at = record['at']
      if (typeof at !== 'number') return undefined
      const n = ownTags ? Number.parseInt(String(record['epc']).slice(10), 16) : (at - startAt) / stepMs
      if (!Number.isInteger(n) || n < 0) return undefined
      return isSame(of(n).record, withoutClock ? { ...record, at: of(n).record.at } : record) ? n : undefined
    },
  }
}

/** Says `record` what the truth says? Fields that the street added are its own affair, and so is how often. */
export function isSame(
  truth: Observation | Measurement,
  record: { readonly kind: string; readonly [field: string]: unknown },
): boolean {
  if (record.kind !== truth.kind || record['at'] !== truth.at) return false
  if (truth.kind === 'observation') return record['epc'] === truth.epc && record['readPoint'] === truth.readPoint
  return record['sensor'] === truth.sensor && JSON.stringify(record['values']) === JSON.stringify(truth.values)
}

/** Slot that a read point covers. */
export const slotOf = (readPoint: string) => `S-${readPoint.slice('rack-'.length)}`

/** Where the truth happens: sixteen slots in two zones, each with an antenna of its own. */
export function truthMap(site: string, gateway: string): SiteMap {
  const readPoints = Array.from({ length: truthDevices * truthAntennas }, (_, i) => ({
    device: `rack-${1 + Math.floor(i / truthAntennas)}`,
    antenna: 1 + (i % truthAntennas),
    zone: i % 2 === 0 ? 'hall' : 'cold',
  }))
  const size = { width: 1, depth: 1 }
  return {
    version: 1,
    site,
    name: 'Fault harness',
    timeZone: 'UTC',
    width: 40,
    depth: 20,
    zones: [
      { id: 'hall', name: 'Hall', kind: 'storage', x: 0, y: 0, width: 20, depth: 20 },
      { id: 'cold', name: 'Cold room', kind: 'cold', x: 20, y: 0, width: 20, depth: 20 },
    ],
    slots: readPoints.map(({ device, antenna, zone }, i) => ({
      id: slotOf(`${device}.${antenna}`),
      zone,
      x: (zone === 'hall' ? 0 : 20) + i,
      y: 2,
      level: 0,
      ...size,
    })),
    readPoints: readPoints.map(({ device, antenna, zone }, i) => ({
      id: `${device}.${antenna}`,
      gateway,
      device,
      kind: 'slot' as const,
      zone,
      slots: [slotOf(`${device}.${antenna}`)],
      x: (zone === 'hall' ? 0 : 20) + i,
      y: 1,
    })),
    sensors: Array.from({ length: truthSensors }, (_, i) => ({
      id: `cold-${i}`,
      name: `Cold ${i}`,
      gateway,
      zone: 'cold',
      x: 21 + i,
      y: 5,
      limits: {},
    })),
    skus: [],
  }
}

/** A well-spread number for (seed, n): murmur3's finaliser. */
function mixed(seed: number, n: number): number {
  let h = Math.imul(seed ^ Math.imul(n + 1, 0x9e37_79b1), 0x85eb_ca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35)
  return (h ^ (h >>> 16)) >>> 0
}
