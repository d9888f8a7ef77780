import { z } from 'zod'
import { accepted, type Decoded, refused } from './decoded.ts'
import { EpcHex, Identifier } from './identifier.ts'
import { ReaderPowerSaid } from './reader-power.ts'

/**
 * The records that travel from a gateway to the cloud and stand in the journal (protocol version 1).
 * Wire messages are lenient: unknown fields and unknown kinds are kept, known fields must be right.
 * Instants are Unix milliseconds UTC.
 */

/** Unix milliseconds; up to the year 2262, where nanoseconds in 64 bits end. */
const Instant = z.int().min(0).max(9_223_372_036_854)
const SequenceNumber = z.int().min(1).max(Number.MAX_SAFE_INTEGER)

/** On any record stamped before the gateway's clock was trusted; the `clock` record of that boot sets it right. */
const stamped = {
  unsynced: z.literal(true).optional().describe('the wall clock was not trusted when this was stamped'),
  boot: z.string().max(64).optional().describe('boot id of the stamp; present with `unsynced`'),
}

/** Merged tag reads of one EPC at one read point over a window. */
export const Observation = z.looseObject({
  kind: z.literal('observation'),
  at: Instant.describe('last seen'),
  firstAt: Instant.describe('first seen in the window'),
  readPoint: Identifier,
  epc: EpcHex,
  count: z.int().min(1).describe('tag reads merged'),
  peakRssiDbm: z.number().min(-150).max(50).optional(),
  antenna: z.int().min(1).max(255).optional().describe('1-based port'),
  tid: EpcHex.optional(),
  ...stamped,
})
export type Observation = z.infer<typeof Observation>

/** A tag went through a gate. */
export const Passage = z.looseObject({
  kind: z.literal('passage'),
  at: Instant,
  readPoint: Identifier,
  epc: EpcHex,
  direction: z.enum(['in', 'out']),
  confidence: z.number().min(0).max(1),
  count: z.int().min(1),
  ...stamped,
})
export type Passage = z.infer<typeof Passage>

/** What a sensor said at one instant: values by quantity, each in the quantity's unit, or `null` with a reason. */
export const Measurement = z.looseObject({
  kind: z.literal('measurement'),
  at: Instant,
  sensor: Identifier,
  values: z.record(z.string().regex(/^[a-z][A-Za-z0-9]{0,31}$/), z.number().nullable()),
  reasons: z.record(z.string(), z.string().max(64)).optional(),
  ...stamped,
})
export type Measurement = z.infer<typeof Measurement>

/** State of a reader, an antenna, a sensor, or the gateway itself. */
export const DeviceState = z.looseObject({
  kind: z.literal('device'),
  at: Instant,
  device: Identifier,
  state: z.enum(['up', 'silent', 'down']),
  reason: z.string().max(256).optional(),
  clockOffsetMs: z
    .number()
    .optional()
    .describe('its own clock is wrong: what the gateway adds to its stamps from here on'),
  spool: z
    .looseObject({
      waitingBytes: z.number().min(0).describe('that the cloud has not acknowledged'),
      boundBytes: z.number().positive().describe('beyond so many waiting, records are given up'),
    })
    .optional()
    .describe('of the gateway itself: how full its spool is'),
  power: ReaderPowerSaid.optional().describe('of the gateway itself: what one of its readers sends with, and could'),
  ...stamped,
})
export type DeviceState = z.infer<typeof DeviceState>

export const ScanAction = z.enum(['count', 'put', 'pick', 'move'])
export type ScanAction = z.infer<typeof ScanAction>

export function isScanAction(text: string): text is ScanAction {
  return ScanAction.safeParse(text).success
}

/** Handhelds and barcode scanners. */
export const Scan = z.looseObject({
  kind: z.literal('scan'),
  at: Instant,
  operator: z.string().max(64).optional(),
  slot: Identifier.optional(),
  codes: z.array(z.string().min(1).max(512)).max(1000),
  action: ScanAction,
  ...stamped,
})
export type Scan = z.infer<typeof Scan>

/** What had to be given up: listed, counted and shown, never silent. */
export const Gap = z.looseObject({
  kind: z.literal('gap'),
  fromSeq: SequenceNumber.optional(),
  toSeq: SequenceNumber.optional(),
  fromAt: Instant,
  toAt: Instant,
  count: z.int().min(1),
  reason: z.string().min(1).max(64),
  class: z.string().min(1).max(32),
  ...stamped,
})
export type Gap = z.infer<typeof Gap>

/**
 * Rules that run on the gateway. One raise is (rule, subject, `at`): sent again after a crash it is the same one.
 */
export const EdgeAlert = z.looseObject({
  kind: z.literal('alert'),
  at: Instant,
  rule: Identifier,
  subject: Identifier,
  state: z.enum(['raised', 'cleared']),
  value: z.number().optional(),
  worst: z
    .looseObject({ value: z.number(), at: Instant })
    .optional()
    .describe('furthest beyond the limit up to this record, and when'),
  raisedAt: Instant.optional().describe('on `cleared`: `at` of the record that raised it, whose name it is'),
  readPoint: Identifier.optional().describe('where it happened, if the subject does not say'),
  ...stamped,
})
export type EdgeAlert = z.infer<typeof EdgeAlert>

/** How wrong the gateway's clock was found to be in this boot. */
export const ClockFinding = z.looseObject({
  kind: z.literal('clock'),
  at: Instant,
  boot: z.string().min(1).max(64),
  offsetMs: z.number().describe('to be added to stamps that are marked with this boot'),
  synced: z.boolean().describe('measured against the server; otherwise only what the gateway noticed by itself'),
  estimated: z.literal(true).optional().describe('the boot ended before the server was reached'),
  uncertaintyMs: z.number().min(0).optional().describe('of an estimate: the truth may be earlier by so much'),
})
export type ClockFinding = z.infer<typeof ClockFinding>

/** A kind of tomorrow: kept as it came. */
export interface UnknownRecord {
  readonly kind: string
  readonly [field: string]: unknown
}

/** Records of the kinds this version knows. */
export type KnownRecord = Observation | Passage | Measurement | DeviceState | Scan | Gap | EdgeAlert | ClockFinding

export const recordSchemas = {
  observation: Observation,
  passage: Passage,
  measurement: Measurement,
  device: DeviceState,
  scan: Scan,
  gap: Gap,
  alert: EdgeAlert,
  clock: ClockFinding,
} as const
export type RecordKind = keyof typeof recordSchemas

/**
 * Checks one record as it came off the wire. Known kinds must be right in every known field; unknown kinds pass.
 * The very object is handed back, so nothing that was sent is lost.
 */
export function checkRecord(value: unknown): Decoded<KnownRecord | UnknownRecord> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refused('schema', 'not an object')
  const kind = (value as { kind?: unknown }).kind
  if (typeof kind !== 'string' || kind.length === 0 || kind.length > 32) return refused('schema', 'kind')
  if (!Object.hasOwn(recordSchemas, kind)) return accepted(value as UnknownRecord)
  const result = recordSchemas[kind as RecordKind].safeParse(value)
  if (result.success) return accepted(value as KnownRecord)
  const issue = result.error.issues[0]
  return refused('schema', `${kind}.${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`)
}

/** Is this record of the kind named? Narrows the union, including kinds that this version does not know. */
export function isKind<K extends RecordKind>(
  record: { readonly kind: string },
  kind: K,
): record is Extract<KnownRecord, { kind: K }> {
  return record.kind === kind
}
