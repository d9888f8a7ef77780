import { accepted, type Decoded, refused } from '../../../shared/decoded.ts'
import type { Definition, FieldKind } from './definition.ts'
import type { FieldValue, Message, Parameter } from './message.ts'
import { impinjDefinitions, impinjVendor, messageDefinitions, parameterDefinitions } from './table.ts'

const headerBytes = 10
/** Deepest nesting taken for real; the standard nests seven deep. */
const deepest = 16
const custom = 1023

/**
 * One LLRP message with its header (LLRP 1.0.1 and 1.1) → its fields and parameters in the order of the bytes.
 * Parameters, customs and messages that no table names are kept as bytes, so that encoding gives the same bytes back.
 */
export function decodeMessage(frame: Uint8Array): Decoded<Message> {
  if (frame.length < headerBytes) return refused('length', 'header')
  const view = viewOf(frame)
  const word = view.getUint16(0)
  const version = word >> 10
  if (version < 1 || version > 2) return refused('format', `version ${version}`)
  if (view.getUint32(2) !== frame.length) return refused('length', 'message')
  const head = { type: word & 0x3ff, version, id: view.getUint32(6) }
  const body = frame.slice(headerBytes)
  const row = messageDefinitions.get(head.type)
  if (row === undefined) return accepted({ name: 'raw', ...head, fields: {}, parameters: [], raw: body })
  const content = decodeContent(row, body, 0)
  return content.ok ? accepted({ name: row.name, ...head, ...content.value }) : content
}

type Content = Pick<Message, 'fields' | 'parameters'>

function decodeContent(row: Definition, body: Uint8Array, depth: number): Decoded<Content> {
  const read = readFields(row, body)
  if (read === undefined) return refused('length', row.name)
  const parameters = decodeParameters(body.subarray(read.bytes), depth + 1)
  return parameters.ok ? accepted({ fields: read.fields, parameters: parameters.value }) : parameters
}

function decodeParameters(bytes: Uint8Array, depth: number): Decoded<Parameter[]> {
  if (bytes.length > 0 && depth > deepest) return refused('format', 'nested too deep')
  const found: Parameter[] = []
  const view = viewOf(bytes)
  for (let at = 0; at < bytes.length; ) {
    const brief = view.getUint8(at) >= 0x80
    if (!brief && at + 4 > bytes.length) return refused('length', 'parameter header')
    const type = brief ? view.getUint8(at) & 0x7f : view.getUint16(at)
    if (type > 0x3ff) return refused('format', 'reserved bits of a parameter')
    const row = parameterDefinitions.get(type)
    if (brief) {
      if (row === undefined) {
        // Its length stands nowhere, so it cannot be told from what follows: all that is left stays bytes.
        found.push({ name: 'raw', bytes: bytes.subarray(at) })
        break
      }
      const read = readFields(row, bytes.subarray(at + 1))
      if (read === undefined) return refused('length', row.name)
      found.push({ name: row.name, type, fields: read.fields, parameters: [] })
      at += 1 + read.bytes
      continue
    }
    const length = view.getUint16(at + 2)
    if (length < 4 || at + length > bytes.length) return refused('length', row?.name ?? `parameter ${type}`)
    const whole = bytes.subarray(at, at + length)
    // A row below 128 describes the brief form; its long form is no parameter of the standard.
    if (row === undefined || type < 128) found.push({ name: 'raw', bytes: whole })
    else {
      const parameter = decodeLong(row, type, whole.subarray(4), depth)
      if (!parameter.ok) return parameter
      found.push(parameter.value)
    }
    at += length
  }
  return accepted(found)
}

function decodeLong(row: Definition, type: number, body: Uint8Array, depth: number): Decoded<Parameter> {
  const vendors = type === custom ? customRow(body) : undefined
  if (vendors !== undefined) {
    const content = decodeContent(vendors, body, depth)
    // A firmware that fills its custom otherwise than known: kept as the bytes it sent.
    if (content.ok) return accepted({ name: vendors.name, type, ...content.value })
  }
  const content = decodeContent(row, body, depth)
  return content.ok ? accepted({ name: row.name, type, ...content.value }) : content
}

function customRow(body: Uint8Array): Definition | undefined {
  if (body.length < 8) return undefined
  const view = viewOf(body)
  return view.getUint32(0) === impinjVendor ? impinjDefinitions.get(view.getUint32(4)) : undefined
}

/** The fields at the start of a body and how many bytes they take; `undefined` where the body is too short. */
function readFields(
  row: Definition,
  body: Uint8Array,
): { fields: Record<string, FieldValue>; bytes: number } | undefined {
  const fields: Record<string, FieldValue> = {}
  let bit = 0
  for (const { name, kind } of row.fields) {
    const read = readField(kind, body, bit)
    if (read === undefined) return undefined
    bit = read.bit
    // Reserved bits are zero but for a reader that errs; kept only then, so that the bytes come back.
    if (name !== 'Reserved' || read.value !== 0) fields[name] = read.value
  }
  return { fields, bytes: bit / 8 }
}

function readField(kind: FieldKind, body: Uint8Array, bit: number): { value: FieldValue; bit: number } | undefined {
  const left = body.length * 8 - bit
  const fixed = bitsOf(kind)
  if (fixed > left) return undefined
  const view = viewOf(body)
  const at = bit / 8
  const end = bit + fixed
  switch (kind) {
    case 'flag':
      return { value: unsigned(body, bit, 1) === 1, bit: end }
    case 'signed8':
      return { value: view.getInt8(at), bit: end }
    case 'signed16':
      return { value: view.getInt16(at), bit: end }
    case 'epc96':
      return { value: body.subarray(at, at + 12), bit: end }
    case 'rest':
      return { value: body.subarray(at), bit: body.length * 8 }
    case 64:
      return { value: view.getBigUint64(at), bit: end }
  }
  if (typeof kind === 'number') return { value: unsigned(body, bit, kind), bit: end }
  const count = view.getUint16(at)
  const size = bytesFor(kind, count)
  const bytes = body.subarray(at + 2, at + 2 + size)
  if (bytes.length < size) return undefined
  return { value: listed(kind, bytes, count), bit: end + size * 8 }
}

function listed(kind: FieldKind, bytes: Uint8Array, count: number): FieldValue {
  const view = viewOf(bytes)
  if (kind === 'numbers16') return Array.from({ length: count }, (_, i) => view.getUint16(i * 2))
  if (kind === 'numbers32') return Array.from({ length: count }, (_, i) => view.getUint32(i * 4))
  if (kind === 'bits') return { count, bytes }
  return kind === 'text' ? textOf(bytes) : bytes
}

function bytesFor(kind: FieldKind, count: number): number {
  if (kind === 'numbers16') return count * 2
  if (kind === 'numbers32') return count * 4
  return kind === 'bits' ? Math.ceil(count / 8) : count
}

/** Bits of the part that always stands there: the number itself, or the count before a list. */
function bitsOf(kind: FieldKind): number {
  if (typeof kind === 'number') return kind
  if (kind === 'flag') return 1
  if (kind === 'signed8') return 8
  if (kind === 'epc96') return 96
  return kind === 'rest' ? 0 : 16
}

function unsigned(body: Uint8Array, bit: number, bits: number): number {
  let value = 0
  for (let i = bit; i < bit + bits; ) {
    const taken = Math.min(8 - (i % 8), bit + bits - i)
    const part = ((body[i >> 3] ?? 0) >> (8 - (i % 8) - taken)) & ((1 << taken) - 1)
    value = value * 2 ** taken + part
    i += taken
  }
  return value
}

function textOf(bytes: Uint8Array): string | Uint8Array {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return bytes // not UTF-8
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
