import { isKind, type KnownRecord, type UnknownRecord } from '../../shared/record.ts'
import type { GatewayEntry } from '../journal/journal.ts'
import { believedAheadMs } from '../location/event-time.ts'
import type { Point } from './series-store.ts'

/** A point whose time is not known yet: it was stamped before the clock of this boot was trusted. */
export interface Unsynced {
  /** undefined: the stamp does not name its boot, so it can never be set right. */
  readonly boot: string | undefined
  readonly point: Point
}

/** What has to be added to the stamps of one boot to make them right. */
export interface ClockFound {
  readonly boot: string
  readonly offsetMs: number
}

export interface EntrySeries {
  readonly points: Point[]
  readonly unsynced: Unsynced[]
  readonly clocks: ClockFound[]
  /** Records of the entry, those included that add nothing. */
  length: number
}

export function noSeries(): EntrySeries {
  return { points: [], unsynced: [], clocks: [], length: 0 }
}

type Place = Pick<GatewayEntry, 'site' | 'gateway'>

/** What one journal entry adds to the series (docs/series-schema.md). Kinds that are not series add nothing. */
export function seriesOf(entry: Place & Pick<GatewayEntry, 'first' | 'records'>): EntrySeries {
  const series = noSeries()
  for (const record of entry.records) {
    addRecord(series, entry, record, entry.first + series.length)
    series.length += 1
  }
  return series
}

/** Adds what one record says. */
export function addRecord(series: EntrySeries, place: Place, record: GatewayRecord, sequence: number): void {
  if (record === null) return
  const point = pointOf(place, record, sequence)
  if (point !== undefined) {
    if (record['unsynced'] === true) series.unsynced.push({ boot: bootOf(record), point })
    else series.points.push(point)
  } else if (isKind(record, 'clock') && record.synced) {
    series.clocks.push({ boot: record.boot, offsetMs: Math.round(record.offsetMs) })
  }
}

export type GatewayRecord = GatewayEntry['records'][number]

/** The point of one record with its sequence number; undefined if the record is not a series or says nothing. */
export function pointOf(
  { site, gateway }: Place,
  record: KnownRecord | UnknownRecord,
  sequence: number,
): Point | undefined {
  if (isKind(record, 'measurement')) {
    const fields = valuesOf(record.values)
    if (fields === undefined) return undefined
    return { measurement: 'condition', site, gateway, source: record.sensor, at: record.at, nanos: 0, fields }
  }
  if (isKind(record, 'observation')) {
    const fields: Record<string, number | string> = { epc: record.epc, count: record.count }
    if (record.peakRssiDbm !== undefined) fields['peakRssiDbm'] = record.peakRssiDbm
    if (record.antenna !== undefined) fields['antenna'] = record.antenna
    const nanos = sequence % 1_000_000
    return { measurement: 'read', site, gateway, source: record.readPoint, at: record.at, nanos, fields }
  }
  if (isKind(record, 'passage')) {
    const { epc, direction, confidence, count } = record
    const fields = { epc, direction, confidence, count }
    const nanos = sequence % 1_000_000
    return { measurement: 'passage', site, gateway, source: record.readPoint, at: record.at, nanos, fields }
  }
  return undefined
}

/** The very values where none is missing, as nearly always; undefined: nothing was measured. */
function valuesOf(values: Readonly<Record<string, number | null>>): Readonly<Record<string, number>> | undefined {
  let measured = 0
  let missing = 0
  for (const quantity in values) {
    if (values[quantity] === null) missing += 1
    else measured += 1
  }
  if (measured === 0) return undefined
  if (missing === 0) return values as Readonly<Record<string, number>>
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, number] => entry[1] !== null))
}

/** The same point with its time set right. */
export function shifted(point: Point, offsetMs: number): Point {
  return { ...point, at: Math.max(0, point.at + offsetMs) }
}

/**
 * No point lies in the future: stamps of a clock that is ahead count as of the moment they were recorded, as they do in
 * stock and alerts. Conditions of one sensor stay apart by a millisecond, in their order, or they would cover each other;
 * reads and passages have their nanoseconds. Handed back as it came where nothing is ahead.
 */
export function notAhead(
  points: readonly Point[],
  recordedAt: number,
): { readonly points: readonly Point[]; readonly clamped: number } {
  const latest = recordedAt + believedAheadMs
  if (!points.some(({ at }) => at > latest)) return { points, clamped: 0 }
  const following = new Map<string, number>()
  let clamped = 0
  const believed = points.toReversed().map((point) => {
    if (point.at <= latest) return point
    clamped += 1
    if (point.measurement !== 'condition') return { ...point, at: recordedAt }
    const after = following.get(point.source) ?? 0
    following.set(point.source, after + 1)
    return { ...point, at: Math.max(0, recordedAt - after) }
  })
  return { points: believed.reverse(), clamped }
}

function bootOf(record: KnownRecord | UnknownRecord): string | undefined {
  const boot = record['boot']
  return typeof boot === 'string' ? boot : undefined
}
