import type { Definition, FieldKind } from './definition.ts'
import type { Fields, FieldValue, Message, Parameter } from './message.ts'
import { impinjDefinitions, messageDefinitions, parameterDefinitions } from './table.ts'

/**
 * A message → its bytes with the header. Fields left out are zero, empty or false.
 * Throws `RangeError` for a value its field cannot hold: commands are made by the program, never by a device.
 */
export function encodeMessage(message: Message): Uint8Array {
  const row = messageDefinitions.get(message.type)
  const body = message.raw ?? joined([fieldBytes(row, message.fields), ...message.parameters.map(encodeParameter)])
  const head = new Uint8Array(10)
  const view = new DataView(head.buffer)
  view.setUint16(0, (message.version << 10) | message.type)
  view.setUint32(2, 10 + body.length)
  view.setUint32(6, message.id)
  return joined([head, body])
}

function encodeParameter(parameter: Parameter): Uint8Array {
  if (!('type' in parameter)) return parameter.bytes
  const { name, type, fields, parameters } = parameter
  const body = joined([fieldBytes(rowOf(name, type), fields), ...parameters.map(encodeParameter)])
  if (type < 128) return joined([Uint8Array.of(0x80 | type), body])
  const length = body.length + 4
  if (length > 0xffff) throw new RangeError(`${name}: ${length} bytes`)
  return joined([Uint8Array.of(type >> 8, type & 0xff, length >> 8, length & 0xff), body])
}

function rowOf(name: string, type: number): Definition | undefined {
  const row = parameterDefinitions.get(type)
  if (row?.name === name) return row
  return [...impinjDefinitions.values()].find((custom) => custom.name === name)
}

function fieldBytes(row: Definition | undefined, fields: Fields): Uint8Array {
  if (row === undefined) throw new RangeError('no row of the table')
  const bytes: number[] = []
  let bit = 0
  const put = (value: bigint, bits: number, name: string) => {
    if (BigInt.asUintN(bits, value) !== value) throw new RangeError(`${row.name}.${name}: ${value}`)
    for (let i = bits - 1; i >= 0; i--, bit++) {
      if (bit % 8 === 0) bytes.push(0)
      const set = Number((value >> BigInt(i)) & 1n) << (7 - (bit % 8))
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | set
    }
  }
  for (const { name, kind } of row.fields) {
    for (const [value, bits] of partsOf(kind, fields[name])) put(value, bits, name)
  }
  return Uint8Array.from(bytes)
}

type Part = readonly [value: bigint, bits: number]

/** A value as unsigned numbers of so many bits, one after the other. */
function partsOf(kind: FieldKind, value: FieldValue | undefined): readonly Part[] {
  switch (kind) {
    case 'flag':
      return [[value === true ? 1n : 0n, 1]]
    case 'signed8':
      return [[twosComplement(value, 8), 8]]
    case 'signed16':
      return [[twosComplement(value, 16), 16]]
    case 'epc96':
      return parts(sized(octets(value), 12), 8)
    case 'rest':
      return parts(octets(value), 8)
    case 'bytes':
    case 'text':
      return [[BigInt(octets(value).length), 16], ...parts(octets(value), 8)]
    case 'bits': {
      const bits = typeof value === 'object' && 'count' in value ? value : { count: 0, bytes: new Uint8Array() }
      return [[BigInt(bits.count), 16], ...parts(sized(bits.bytes, Math.ceil(bits.count / 8)), 8)]
    }
    case 'numbers16':
    case 'numbers32': {
      const numbers = Array.isArray(value) ? (value as readonly number[]) : []
      return [[BigInt(numbers.length), 16], ...parts(numbers, kind === 'numbers16' ? 16 : 32)]
    }
    default:
      return [[typeof value === 'bigint' ? value : BigInt(Number(value ?? 0)), kind]]
  }
}

function parts(numbers: Iterable<number>, bits: number): Part[] {
  return Array.from(numbers, (number) => [BigInt(number), bits] as const)
}

function twosComplement(value: FieldValue | undefined, bits: number): bigint {
  const number = BigInt(Number(value ?? 0))
  if (BigInt.asIntN(bits, number) !== number) throw new RangeError(`${number} in ${bits} bits`)
  return BigInt.asUintN(bits, number)
}

function octets(value: FieldValue | undefined): Uint8Array {
  if (typeof value === 'string') return new TextEncoder().encode(value)
  return value instanceof Uint8Array ? value : new Uint8Array()
}

function sized(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length !== length) throw new RangeError(`${bytes.length} bytes instead of ${length}`)
  return bytes
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
