import type { Quantity } from '../../shared/quantity.ts'
import type { SensorReading } from '../decoders/reading.ts'

/** Changes smaller than this are no news. In the unit of the quantity; 0 = every change. */
export const defaultDeadBands: Readonly<Record<Quantity, number>> = {
  temperature: 0.1,
  humidity: 0.5,
  pressure: 0.5,
  illuminance: 10,
  carbonDioxide: 10,
  doorOpen: 0,
  batteryPercent: 1,
  batteryMillivolts: 20,
  linkQuality: 20,
  signalDbm: 5,
}

export interface ReportOptions {
  readonly deadBands: Readonly<Partial<Record<Quantity, number>>>
  /** A value is told again after this time even if nothing changed, so that silence means trouble. */
  readonly heartbeatMs: number
  /** Sensors remembered; the one heard longest ago is forgotten first, which at worst reports it once too often. */
  readonly sensors: number
}

/** What was last reported, by sensor and quantity, the sensor heard last at the end. Changed in place. */
export interface ReportState {
  readonly sensors: Map<string, Map<string, Reported>>
}
interface Reported {
  readonly value: number | null
  readonly at: number
}

export function nothingReported(): ReportState {
  return { sensors: new Map() }
}

/** Why a measurement goes on, or why it does not; `repeated` is told by `isRepeated` before any of the others. */
export const reportRules = ['first', 'changed', 'heartbeat', 'late', 'dead-band', 'repeated'] as const
export type ReportRule = (typeof reportRules)[number]

/**
 * Is this reading worth a record? Any one of its quantities decides for the whole reading: seen for the first time,
 * changed by at least its dead band (or from or to "no value"), or not reported for the heartbeat, all in event time.
 * A reading older than what was reported is history that nobody has yet: `late`, always reported.
 * Only `dead-band` means no.
 */
export function reportRule(state: ReportState, reading: SensorReading, options: ReportOptions): ReportRule {
  const known = state.sensors.get(reading.sensor)
  let rule: ReportRule = 'dead-band'
  const values: Readonly<Record<string, number | null>> = reading.values
  for (const quantity in values) {
    const value = values[quantity] ?? null
    const last = known?.get(quantity)
    if (last === undefined) rule = 'first'
    else if (reading.at < last.at) return 'late'
    else if (rule === 'dead-band') {
      if (differs(last.value, value, deadBandOf(quantity, options))) rule = 'changed'
      else if (reading.at - last.at >= options.heartbeatMs) rule = 'heartbeat'
    }
  }
  const reported = known ?? new Map<string, Reported>()
  if (rule !== 'dead-band') {
    for (const quantity in values) reported.set(quantity, { value: values[quantity] ?? null, at: reading.at })
  }
  state.sensors.delete(reading.sensor)
  state.sensors.set(reading.sensor, reported)
  if (state.sensors.size > options.sensors) forgetOldest(state)
  return rule
}

function deadBandOf(quantity: string, options: ReportOptions): number {
  return (
    (options.deadBands as Readonly<Record<string, number>>)[quantity] ??
    (defaultDeadBands as Readonly<Record<string, number>>)[quantity] ??
    0
  )
}

function differs(before: number | null, now: number | null, deadBand: number): boolean {
  if (before === null || now === null) return before !== now
  // 4.3 − 4.2 is a hair less than 0.1 in binary, and still a change of a tenth.
  return before !== now && Math.abs(now - before) >= deadBand - 1e-9
}

function forgetOldest(state: ReportState): void {
  for (const sensor of state.sensors.keys()) {
    state.sensors.delete(sensor)
    return
  }
}
