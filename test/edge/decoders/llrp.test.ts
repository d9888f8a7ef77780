import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeMessage } from '../../../edge/decoders/llrp/decode.ts'
import { encodeMessage } from '../../../edge/decoders/llrp/encode.ts'
import type { FieldValue, Message, Parameter } from '../../../edge/decoders/llrp/message.ts'
import { llrpFramer } from '../../../edge/framing/llrp.ts'
import { bytesOf, chunksOf, framesOf, hexOf } from '../../support/framing.ts'

const data = new URL('../../../../shared/data/llrp/', import.meta.url)
const { vectors } = JSON.parse(readFileSync(new URL('llrp-rs-vectors.json', data), 'utf8')) as {
  vectors: readonly { name: string; hex: string }[]
}

const types: Record<string, number> = {
  CloseConnectionResponse: 4,
  GetReaderCapabilitiesResponse: 11,
  GetReaderConfigResponse: 12,
  GetROSpecsResponse: 36,
  GetAccessSpecsResponse: 54,
  ROAccessReport: 61,
  ReaderEventNotification: 63,
}

function messageAround(type: number, body: Uint8Array): Uint8Array {
  const head = Buffer.alloc(10)
  head.writeUInt16BE((1 << 10) | type)
  head.writeUInt32BE(10 + body.length, 2)
  return new Uint8Array(Buffer.concat([head, body]))
}

/** Recordings of a reader (bodies) with what another decoder read from them. */
const recordings = readdirSync(new URL('edgex-testdata/', data), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.bytes'))
  .sort()
  .map((path) => {
    const name = path.replace(/^.*\//, '').replace(/-\d+\.bytes$/, '')
    const file = new URL(`edgex-testdata/${path}`, data)
    return {
      path,
      frame: messageAround(types[name] ?? 0, readFileSync(file)),
      stated: JSON.parse(readFileSync(new URL(file.href.replace(/bytes$/, 'json')), 'utf8')) as object,
    }
  })

function decoded(frame: Uint8Array): Message {
  const result = decodeMessage(frame)
  if (!result.ok) throw new Error(`${result.reason}: ${result.detail}`)
  return result.value
}

/** Every value of a message or parameter, whatever the fields are called. */
function valuesIn(holder: Message | Exclude<Parameter, { name: 'raw' }>): string[] {
  const own = Object.values(holder.fields).flatMap(plain)
  const below = holder.parameters.flatMap((parameter) => ('type' in parameter ? valuesIn(parameter) : ['raw']))
  return [...own, ...below]
}

function plain(value: FieldValue): string[] {
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('base64')]
  if (Array.isArray(value)) return value.map(String)
  return typeof value === 'object' && 'bytes' in value ? plain(value.bytes) : [String(value)]
}

/** The same of the other decoder's JSON: absent values are null there, an absent EPC or uptime zero. */
function valuesStated(stated: unknown): string[] {
  if (stated === null) return []
  if (typeof stated !== 'object') return [String(stated)]
  return Object.entries(stated).flatMap(([name, value]) => {
    if (name === 'EPCData' && value.EPCNumBits === 0) return []
    return name === 'Uptime' && value === 0 ? [] : valuesStated(value)
  })
}

test.each(recordings)('$path holds what another decoder read, and encodes to the same bytes', ({ frame, stated }) => {
  const message = decoded(frame)
  // Sorted: the JSON names its values in the order of the standard, a reader sends them in its own.
  expect(valuesIn(message).sort()).toEqual(valuesStated(stated).sort())
  expect(hexOf(encodeMessage(message))).toBe(hexOf(frame))
})

test.each(vectors)('$name encodes to the same bytes, nothing of it unknown', ({ hex }) => {
  const message = decoded(bytesOf(hex))
  expect(message.raw).toBeUndefined()
  expect(valuesIn(message)).not.toContain('raw')
  expect(hexOf(encodeMessage(message))).toBe(hexOf(bytesOf(hex)))
})

const status = '011F 0008 0000 0000'
for (const [what, hex, name, fields, parameters] of [
  ['a reader that was told to stop', '040E 0000000A 00000023', 'CLOSE_CONNECTION', {}, []],
  ['a ROSpec to start', '0416 0000000E 00000001 00000007', 'START_ROSPEC', { ROSpecID: 7 }, []],
  ['an answer of 1.1', `081E 00000012 00000001 ${status}`, 'ADD_ROSPEC_RESPONSE', {}, ['LLRPStatus']],
  ['an empty report', '043D 0000000A 00000000', 'RO_ACCESS_REPORT', {}, []],
  [
    'a phase of Impinj',
    '043D 00000018 00000000 03FF000E 0000651A 00000038 0800',
    'RO_ACCESS_REPORT',
    {},
    ['ImpinjRFPhaseAngle'],
  ],
  [
    'an Impinj custom nobody knows',
    '043D 00000017 00000000 03FF000D 0000651A 00000099 08',
    'RO_ACCESS_REPORT',
    {},
    ['Custom'],
  ],
  ['a phase that is cut', '043D 00000017 00000000 03FF000D 0000651A 00000038 08', 'RO_ACCESS_REPORT', {}, ['Custom']],
  ['a parameter nobody knows', '043D 0000000F 00000000 03000005 AA', 'RO_ACCESS_REPORT', {}, ['raw']],
  ['a message nobody knows', '0463 0000000C 00000000 AABB', 'raw', {}, []],
  [
    'reserved bits set',
    '0403 0000000B 00000000 81',
    'SET_READER_CONFIG',
    { ResetToFactoryDefault: true, Reserved: 1 },
    [],
  ],
] as const) {
  test(`${what} is understood and comes back`, () => {
    const frame = bytesOf(hex)
    const message = decoded(frame)
    expect([message.name, message.fields, message.parameters.map((it) => it.name)]).toEqual([name, fields, parameters])
    expect(hexOf(encodeMessage(message))).toBe(hexOf(frame))
  })
}

test('a report says tag, antenna, strength and instant', () => {
  const frame = vectors.find(({ name }) => name === 'ro_access_report_inventory')?.hex ?? ''
  expect(decoded(bytesOf(frame)).parameters).toEqual([
    {
      name: 'TagReportData',
      type: 240,
      fields: {},
      parameters: [
        { name: 'EPC96', type: 13, fields: { EPC: bytesOf('0B7F00000000000000510238') }, parameters: [] },
        { name: 'AntennaID', type: 1, fields: { AntennaID: 1 }, parameters: [] },
        { name: 'PeakRSSI', type: 6, fields: { PeakRSSI: -68 }, parameters: [] },
        { name: 'FirstSeenUTC', type: 2, fields: { Microseconds: 1557458645133781n }, parameters: [] },
      ],
    },
  ])
})

for (const [what, hex, reason] of [
  ['nothing', '', 'length'],
  ['a length that lies', '043E 0000000B 00000000', 'length'],
  ['version 0', '003E 0000000A 00000000', 'format'],
  ['a field that is cut', '0416 0000000C 00000001 0000', 'length'],
  ['a parameter longer than its message', '043D 0000000E 00000000 00F00005', 'length'],
  ['a parameter shorter than its header', '043D 0000000E 00000000 00F00003', 'length'],
  ['a list longer than its parameter', '041E 00000012 00000000 011F0008 0000 0001', 'length'],
  ['reserved bits of a parameter', '043D 0000000E 00000000 04F00004', 'format'],
] as const) {
  test(`${what} is refused: ${reason}`, () => {
    expect(decodeMessage(bytesOf(hex))).toMatchObject({ ok: false, reason })
  })
}

test('nesting without end is refused', () => {
  let body = new Uint8Array()
  for (let i = 0; i < 40; i++) {
    const length = body.length + 4
    body = Uint8Array.from([0, 240, length >> 8, length & 0xff, ...body])
  }
  expect(decodeMessage(messageAround(61, body))).toMatchObject({ ok: false, reason: 'format' })
})

test('a value its field cannot hold is no command', () => {
  const message = { name: 'START_ROSPEC', type: 22, version: 1, id: 1, parameters: [] }
  expect(() => encodeMessage({ ...message, fields: { ROSpecID: 2 ** 32 } })).toThrow(RangeError)
})

const frames = [...recordings.map(({ frame }) => frame), ...vectors.map(({ hex }) => bytesOf(hex))]

test('whatever is accepted of mutated or random bytes encodes to the same bytes', () => {
  let accepted = 0
  const mutated = fc
    .tuple(fc.constantFrom(...frames.filter((frame) => frame.length < 200)), fc.nat(), fc.integer({ min: 0, max: 255 }))
    .map(([frame, at, byte]) => frame.with(at % frame.length, byte))
  const random = fc
    .tuple(fc.constantFrom(3, 20, 22, 61, 63, 1023, 99), fc.uint8Array({ maxLength: 40 }))
    .map(([type, body]) => messageAround(type, body))
  fc.assert(
    fc.property(fc.oneof(mutated, random, fc.uint8Array({ maxLength: 60 })), (bytes) => {
      const result = decodeMessage(bytes)
      if (!result.ok) return
      accepted++
      expect(hexOf(encodeMessage(result.value))).toBe(hexOf(bytes))
    }),
    { numRuns: 2000 },
  )
  expect(accepted).toBeGreaterThan(200)
})

test('the same messages come out of a stream however it is split', () => {
  const stream = Uint8Array.from(frames.flatMap((frame) => [...frame]))
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 8 }), (sizes) => {
      const out = framesOf(llrpFramer(), chunksOf(stream, sizes))
      expect(out).toEqual({ frames: frames.map(hexOf), refused: {} })
    }),
    { numRuns: 50 },
  )
})

const keepalive = '043E0000000A00000001'
for (const [what, hex, refused] of [
  ['noise before', `000000${keepalive}`, { format: 3 }],
  ['a length below the header', `043E00000009${keepalive}`, { length: 1, format: 4, overlong: 1 }],
  ['a message beyond the bound', `043E7FFFFFFF${keepalive}`, { overlong: 1, format: 5 }],
] as const) {
  test(`${what} is refused, and the next message found`, () => {
    expect(framesOf(llrpFramer(), [bytesOf(hex)])).toEqual({ frames: [keepalive], refused })
  })
}
