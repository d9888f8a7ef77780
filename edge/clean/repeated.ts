import type { SensorReading } from '../decoders/reading.ts'

/** Numbers of the last measurements, by sensor, the sensor heard last at the end. Changed in place. */
export interface RepeatState {
  readonly sensors: Map<string, readonly Heard[]>
}
interface Heard {
  readonly number: number
  readonly at: number
}

export function nothingHeard(): RepeatState {
  return { sensors: new Map() }
}

/** Two listeners hear the same measurement within this, by their clocks; a number comes again after hours. */
const togetherMs = 60_000
/** So many measurements of one sensor may be under way from a listener that is late. */
const rememberedNumbers = 64
const rememberedSensors = 10_000

/**
 * Was this very measurement taken already? Several gateways hear one tag, and each hands its measurement on with the
 * number that the tag gave it (RuuviTag data format 5). The first that comes counts, whichever heard it best. Readings
 * without a number are never repeated.
 */
export function isRepeated(state: RepeatState, { sensor, at, measurementNumber }: SensorReading): boolean {
  if (measurementNumber === undefined) return false
  const known = state.sensors.get(sensor) ?? []
  if (known.some(({ number, at: heardAt }) => number === measurementNumber && Math.abs(at - heardAt) <= togetherMs)) {
    return true
  }
  state.sensors.delete(sensor)
  state.sensors.set(sensor, [...known.slice(1 - rememberedNumbers), { number: measurementNumber, at }])
  if (state.sensors.size > rememberedSensors) {
    for (const longestAgo of state.sensors.keys()) {
      state.sensors.delete(longestAgo)
      break
    }
  }
  return false
}
