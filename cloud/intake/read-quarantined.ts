import { type Decoded, refused } from '../../shared/decoded.ts'
import type { KnownRecord, UnknownRecord } from '../../shared/record.ts'
import { checkOnWire } from './checked-record.ts'

/** A quarantined record by the rules of today. What was too long to be kept whole is no JSON, and stays where it is. */
export function readQuarantined(sample: string): Decoded<KnownRecord | UnknownRecord> {
  let value: unknown
  try {
    value = JSON.parse(sample)
  } catch {
    return refused('json')
  }
  return checkOnWire(value)
}
