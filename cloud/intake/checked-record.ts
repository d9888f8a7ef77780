import { accepted, type Decoded, refused } from '../../shared/decoded.ts'
import { checkRecord, type KnownRecord, type UnknownRecord } from '../../shared/record.ts'
import { batchLimits } from '../../shared/wire.ts'
import { extentBytes, maxDepth } from './extent.ts'

/**
 * The verdict of `checkRecord` and of the bounds on size and nesting, without their price for the two kinds that make
 * up the stream. What the hand-written check does not know to be right goes to the schemas, so it can never refuse
 * anything; a property test shows that it accepts nothing that the schemas refuse.
 */
export function checkOnWire(value: unknown): Decoded<KnownRecord | UnknownRecord> {
  if (typeof value === 'object' && value !== null && isPlainStreamRecord(value)) return accepted(value as KnownRecord)
  return tooLarge(value) ?? checkRecord(value)
}

/** Surely a valid observation or measurement, without unknown fields and far below the bounds. False: ask. */
export function isPlainStreamRecord(value: object): boolean {
  const record = value as Readonly<Record<string, unknown>>
  if (record['kind'] === 'observation') return isObservation(record)
  return record['kind'] === 'measurement' && isMeasurement(record)
}

function isObservation(record: Readonly<Record<string, unknown>>): boolean {
  const { at, firstAt, readPoint, epc, count, peakRssiDbm, antenna, tid } = record
  let fields = 6
  if (peakRssiDbm !== undefined) {
    if (typeof peakRssiDbm !== 'number' || !(peakRssiDbm >= -150 && peakRssiDbm <= 50)) return false
    fields++
  }
  if (antenna !== undefined) {
    if (!isInteger(antenna, 1, 255)) return false
    fields++
  }
  if (tid !== undefined) {
    if (!isEpc(tid)) return false
    fields++
  }
  return (
    isInteger(at, 0, latestInstant) &&
    isInteger(firstAt, 0, latestInstant) &&
    isIdentifier(readPoint) &&
    isEpc(epc) &&
    isInteger(count, 1, Number.MAX_SAFE_INTEGER) &&
    hasFields(record, fields)
  )
}

function isMeasurement(record: Readonly<Record<string, unknown>>): boolean {
  const { at, sensor, values } = record
  if (!isInteger(at, 0, latestInstant) || !isIdentifier(sensor) || !hasFields(record, 4)) return false
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return false
  let quantities = 0
  for (const quantity in values) {
    if (++quantities > 100 || !isQuantityName(quantity)) return false
    const amount = (values as Readonly<Record<string, unknown>>)[quantity]
    if (amount !== null && (typeof amount !== 'number' || !Number.isFinite(amount))) return false
  }
  return true
}

/** No field beside the known ones: an unknown one, or a rare one, sends the record to the schemas. */
function hasFields(record: object, expected: number): boolean {
  let fields = 0
  for (const _ in record) fields++
  return fields === expected
}

const latestInstant = 9_223_372_036_854

function isInteger(value: unknown, low: number, high: number): boolean {
  return typeof value === 'number' && value >= low && value <= high && Math.floor(value) === value
}

function isIdentifier(value: unknown): boolean {
  if (typeof value !== 'string') return false
  const { length } = value
  if (length === 0 || length > 64) return false
  for (let i = 0; i < length; i++) {
    const code = value.charCodeAt(i)
    const letter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90)
    const digit = code >= 48 && code <= 57
    const mark = code === 45 || code === 46 || code === 95 // - . _
    if (!letter && !digit && !(mark && i > 0)) return false
  }
  return true
}

function isEpc(value: unknown): boolean {
  if (typeof value !== 'string') return false
  const { length } = value
  if (length === 0 || length > 124 || length % 2 === 1) return false
  for (let i = 0; i < length; i++) {
    const code = value.charCodeAt(i)
    if (code < 48 || code > 70 || (code > 57 && code < 65)) return false // 0–9, A–F
  }
  return true
}

function isQuantityName(name: string): boolean {
  const { length } = name
  if (length === 0 || length > 32) return false
  for (let i = 0; i < length; i++) {
    const code = name.charCodeAt(i)
    const small = code >= 97 && code <= 122
    const other = (code >= 65 && code <= 90) || (code >= 48 && code <= 57)
    if (!small && !(other && i > 0)) return false
  }
  return true
}

function tooLarge(value: unknown): ReturnType<typeof refused> | undefined {
  const bound = extentBytes(value)
  if (bound <= batchLimits.recordBytes) return undefined
  if (bound === Number.POSITIVE_INFINITY) return refused('schema', `nested deeper than ${maxDepth}`)
  const bytes = Buffer.byteLength(JSON.stringify(value))
  return bytes > batchLimits.recordBytes ? refused('length', `${bytes} bytes`) : undefined
}
