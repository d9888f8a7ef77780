import { isUtf8 } from 'node:buffer'
import { gunzipSync } from 'node:zlib'
import { type RefusalReason, refused } from '../../shared/decoded.ts'
import type { KnownRecord, UnknownRecord } from '../../shared/record.ts'
import { BatchEnvelope, batchLimits } from '../../shared/wire.ts'
import { checkOnWire } from './checked-record.ts'
import { extentBytes } from './extent.ts'

/** A record that is closed without entering history. */
export interface BadRecord {
  readonly sequence: number
  readonly reason: string
  /** What came, as text, whole unless it is longer than a record may be. */
  readonly sample: string
}

export interface ReadBatch {
  readonly epoch: string
  readonly lease: string
  readonly first: number
  /** `null`: thinned at the edge, or named in `bad`. */
  readonly records: readonly (KnownRecord | UnknownRecord | null)[]
  readonly bad: readonly BadRecord[]
  /** The batch as JSON, UTF-8, uncompressed. */
  readonly text: Uint8Array
}

/** A batch that cannot be read as a whole: nothing of it can be closed. */
export interface UnreadableBatch {
  readonly ok: false
  readonly reason: RefusalReason
  readonly detail?: string
  /** What could be made out of its envelope nevertheless. */
  readonly first?: number
  readonly epoch?: string
}

const sampleCharacters = batchLimits.recordBytes

/** One message of the `batch` channel. Pure, and never throws on any bytes. */
export function readBatch(payload: Uint8Array): { readonly ok: true; readonly value: ReadBatch } | UnreadableBatch {
  const unpacked = unpack(payload)
  if (!unpacked.ok) return unpacked
  const text = unpacked.value
  const parsed = parse(text)
  if (!parsed.ok) return parsed
  const envelope = BatchEnvelope.safeParse(parsed.value)
  if (!envelope.success) {
    const [issue] = envelope.error.issues
    return {
      ...refused('schema', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`),
      ...whatCanBeSeen(parsed.value),
    }
  }
  const { epoch, lease, first, records: values } = envelope.data
  if (first > Number.MAX_SAFE_INTEGER - (values.length - 1))
    return { ...refused('schema', 'first: too high'), first, epoch }

  const records: (KnownRecord | UnknownRecord | null)[] = new Array(values.length)
  const bad: BadRecord[] = []
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    records[i] = null
    if (value === null) continue
    const checked = checkOnWire(value)
    if (checked.ok) records[i] = checked.value
    else bad.push({ sequence: first + i, reason: `${checked.reason}: ${checked.detail ?? ''}`, sample: sample(value) })
  }
  return { ok: true, value: { epoch, lease, first, records, bad, text } }
}

/** Undoes gzip, known by its magic bytes (RFC 1952, 2.3.1), and stops at the bound: a bomb costs no more than a batch. */
function unpack(payload: Uint8Array) {
  if (payload[0] !== 0x1f || payload[1] !== 0x8b) {
    if (payload.length > batchLimits.bytes) return refused('length', `${payload.length} bytes`)
    return { ok: true, value: payload } as const
  }
  try {
    return { ok: true, value: gunzipSync(payload, { maxOutputLength: batchLimits.bytes }) } as const
  } catch (thrown) {
    const tooLong = (thrown as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE'
    return tooLong ? refused('length', 'more than the bound after decompression') : refused('format', 'gzip')
  }
}

/** Only UTF-8 is JSON on the wire (RFC 8259, 8.1); no byte order mark. */
function parse(text: Uint8Array): { readonly ok: true; readonly value: unknown } | ReturnType<typeof refused> {
  if (!isUtf8(text)) return refused('json', 'not UTF-8')
  try {
    return { ok: true, value: JSON.parse(Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString('utf8')) }
  } catch {
    return refused('json')
  }
}

function whatCanBeSeen(value: unknown): { readonly first?: number; readonly epoch?: string } {
  if (typeof value !== 'object' || value === null) return {}
  const shape = BatchEnvelope.shape
  const first = shape.first.safeParse((value as { first?: unknown }).first)
  const epoch = shape.epoch.safeParse((value as { epoch?: unknown }).epoch)
  return {
    ...(first.success ? { first: first.data } : {}),
    ...(epoch.success ? { epoch: epoch.data } : {}),
  }
}

function sample(value: unknown): string {
  // What nests too deep cannot be written safely.
  if (extentBytes(value) === Number.POSITIVE_INFINITY) return ''
  return JSON.stringify(value).slice(0, sampleCharacters)
}
