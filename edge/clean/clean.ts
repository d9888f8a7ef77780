import { identifierPattern } from '../../shared/identifier-pattern.ts'
import type { Measurement, Observation, Passage, Scan } from '../../shared/record.ts'
import { markOf } from '../clock/stamp.ts'
import type { InputReading, SensorReading, TagRead } from '../decoders/reading.ts'
import { endGates, type Gates, judgeGates, noGates, watchInput, watchTag } from '../gate/gates.ts'
import { type EpcFinding, findEpc } from './epc-finding.ts'
import { flush, flushAll, nothingObserved, type ObserveState, observe } from './observe.ts'
import type { CleanOptions } from './options.ts'
import { plausible } from './plausible.ts'
import { type ReadPointNames, readPointOf } from './read-point.ts'
import { isRepeated, nothingHeard, type RepeatState } from './repeated.ts'
import { nothingReported, type ReportRule, type ReportState, reportRule } from './report-by-exception.ts'
import { nothingScanned, type ScanState } from './scan.ts'

export type CleanRecord = Observation | Passage | Measurement | Scan

/** All that cleaning remembers. Changed in place. */
export interface CleanState {
  readonly observed: ObserveState
  readonly reported: ReportState
  readonly heard: RepeatState
  readonly scanned: ScanState
  readonly gates: Gates
}

export function nothingSeen(): CleanState {
  return {
    observed: nothingObserved(),
    reported: nothingReported(),
    heard: nothingHeard(),
    scanned: nothingScanned(),
    gates: noGates(),
  }
}

/** Sensors remembered by report-by-exception; far more than a gateway can serve. */
const rememberedSensors = 10_000

/** Tag read → observations and passages, now or later; what stood in the place of the EPC is the answer. `nowMs`: monotonic. */
export function cleanTagRead(
  state: CleanState,
  read: TagRead,
  names: ReadPointNames | undefined,
  nowMs: number,
  options: CleanOptions,
  emit: (record: CleanRecord) => void,
): EpcFinding | 'unknown-device' {
  const readPoint = readPointOf(read.device, read.antenna, names)
  if (!identifierPattern.test(readPoint)) return 'unknown-device'
  const { epc, finding } = findEpc(read.epc)
  const found = epc === read.epc ? read : { ...read, epc }
  observe(state.observed, found, readPoint, nowMs, options, emit)
  watchTag(state.gates, found, readPoint, nowMs, emit)
  return finding
}

/** A change of an input → passages that are due by now. It is no record itself. */
export function cleanInput(
  state: CleanState,
  reading: InputReading,
  nowMs: number,
  emit: (record: CleanRecord) => void,
): void {
  watchInput(state.gates, reading, nowMs, emit)
}

/** Sensor reading → a measurement, or none; the rule that decided is the answer. */
export function cleanSensorReading(
  state: CleanState,
  reading: SensorReading,
  options: CleanOptions,
  emit: (record: CleanRecord) => void,
): ReportRule | 'unknown-device' {
  if (!identifierPattern.test(reading.sensor)) return 'unknown-device'
  if (isRepeated(state.heard, reading)) return 'repeated'
  const believed = plausible(reading)
  const rule = reportRule(state.reported, believed, { ...options, sensors: rememberedSensors })
  if (rule === 'dead-band') return rule
  emit({
    kind: 'measurement',
    at: believed.at,
    sensor: believed.sensor,
    values: { ...believed.values },
    ...(believed.reasons === undefined ? {} : { reasons: { ...believed.reasons } }),
    ...markOf(believed.unsyncedIn),
  })
  return rule
}

/** Ends the windows whose time is over, and decides on the passages that are due. */
export function cleanFlush(
  state: CleanState,
  nowMs: number,
  options: CleanOptions,
  emit: (record: CleanRecord) => void,
): void {
  flush(state.observed, nowMs, options, emit)
  judgeGates(state.gates, nowMs, emit)
}

/**
 * The gateway's line of time changed: what is older and what is newer cannot be compared. Windows end, and every sensor
 * is told anew, or each of its values would count as `late` until the old time is reached again.
 */
export function cleanStep(state: CleanState, emit: (record: CleanRecord) => void): void {
  flushAll(state.observed, emit)
  endGates(state.gates, emit)
  state.reported.sensors.clear()
}

/** Ends everything, as before a stop. */
export function cleanFlushAll(state: CleanState, emit: (record: CleanRecord) => void): void {
  flushAll(state.observed, emit)
  endGates(state.gates, emit)
}
