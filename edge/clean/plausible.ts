import { isPlausible, isQuantity } from '../../shared/quantity.ts'
import type { SensorReading } from '../decoders/reading.ts'

/** A value that the quantity cannot have is a broken sensor: `null`, with the reason `implausible`. */
export function plausible(reading: SensorReading): SensorReading {
  let doubtful = false
  const said: Readonly<Record<string, number | null>> = reading.values
  for (const name in said) {
    const value = said[name] ?? null
    if (value !== null && isQuantity(name) && !isPlausible(name, value)) doubtful = true
  }
  if (!doubtful) return reading
  const values: Record<string, number | null> = { ...said }
  const reasons: Record<string, string> = { ...reading.reasons }
  for (const [name, value] of Object.entries(said)) {
    if (value === null || !isQuantity(name) || isPlausible(name, value)) continue
    values[name] = null
    reasons[name] = 'implausible'
  }
  return { ...reading, values, reasons }
}
