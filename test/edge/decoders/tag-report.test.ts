import { globSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeMessage } from '../../../edge/decoders/llrp/decode.ts'
import { encodeMessage } from '../../../edge/decoders/llrp/encode.ts'
import { find, findAll, type NamedParameter, numberIn } from '../../../edge/decoders/llrp/find.ts'
import { message, parameter } from '../../../edge/decoders/llrp/make.ts'
import type { Parameter } from '../../../edge/decoders/llrp/message.ts'
import { decodeTagReport } from '../../../edge/decoders/llrp/tag-report.ts'
import type { DeviceClock } from '../../../edge/decoders/reading.ts'
import { bytesOf, hexOf } from '../../support/framing.ts'

const arrival = 1_790_000_000_500
const context = { device: 'dock-1', at: arrival }
const report = (...tags: Parameter[]) => encodeMessage(message('RO_ACCESS_REPORT', { version: 1, id: 1 }, {}, tags))
const bytes = bytesOf('30341F48DC000000075BCD15')
const epc = parameter('EPC96', { EPC: bytes })
const tag = (...parts: Parameter[]) => parameter('TagReportData', {}, epc, ...parts)
const micros = (name: string, ms: number) => parameter(name, { Microseconds: BigInt(ms) * 1000n })
const longEpc = (count: number) => parameter('EPCData', { EPC: { count, bytes: new Uint8Array(Math.ceil(count / 8)) } })

const plain = { type: 'tag', at: arrival, device: 'dock-1', antenna: 1, epc: '30341F48DC000000075BCD15', count: 1 }
for (const [name, frame, readings] of [
  ['an EPC and nothing else', report(tag()), [plain]],
  ['two tags', report(tag(), tag(parameter('AntennaID', { AntennaID: 4 }))), [plain, { ...plain, antenna: 4 }]],
  ['no tags', report(), []],
  [
    'a parameter of a single byte behind the last tag (found by npm run fuzz)',
    bytesOf('043D000000293AFB30B600F0001E950B7F0000000000000051023881000186BC8200058880194BA9D5'),
    [{ type: 'refused', reason: 'schema', detail: 'no EPC' }],
  ],
  ['a survey', report(parameter('RFSurveyReportData')), []],
  ['signal in dBm', report(tag(parameter('PeakRSSI', { PeakRSSI: -68 }))), [{ ...plain, rssiDbm: -68 }]],
  [
    'signal in 0.01 dBm, where an Impinj tells it',
    report(tag(parameter('PeakRSSI', { PeakRSSI: -68 }), parameter('ImpinjPeakRSSI', { RSSI: -6825 }))),
    [{ ...plain, rssiDbm: -68.25 }],
  ],
  ['a signal that cannot be', report(tag(parameter('PeakRSSI', { PeakRSSI: 127 }))), [plain]],
  [
    'phase and Doppler shift',
    report(
      tag(
        parameter('ImpinjRFPhaseAngle', { PhaseAngle: 1024 }),
        parameter('ImpinjRFDopplerFrequency', { DopplerFrequency: -24 }),
      ),
    ),
    [{ ...plain, phaseRadians: Math.PI / 2, dopplerHz: -1.5 }],
  ],
  ['sightings merged by the reader', report(tag(parameter('TagSeenCount', { TagCount: 7 }))), [{ ...plain, count: 7 }]],
  ['none, says the reader', report(tag(parameter('TagSeenCount', { TagCount: 0 }))), [plain]],
  ['an EPC of 80 bits', report(parameter('TagReportData', {}, longEpc(80))), [{ ...plain, epc: '00'.repeat(10) }]],
  [
    'no EPC costs only its tag',
    report(parameter('TagReportData', {}, longEpc(0)), tag()),
    [{ type: 'refused', reason: 'schema', detail: 'no EPC' }, plain],
  ],
  [
    'an EPC longer than can be',
    report(parameter('TagReportData', {}, longEpc(512))),
    [{ type: 'refused', reason: 'schema', detail: 'no EPC' }],
  ],
  [
    'antenna 0',
    report(tag(parameter('AntennaID', { AntennaID: 0 }))),
    [{ type: 'refused', reason: 'implausible', detail: 'antenna 0' }],
  ],
] as const) {
  test(name, () => expect(decodeTagReport(frame, context)).toEqual({ ok: true, value: readings }))
}

const utc = 1_789_999_000_000
for (const [name, parts, deviceClock, at] of [
  ['last seen', [micros('FirstSeenUTC', utc - 900), micros('LastSeenUTC', utc)], undefined, utc],
  ['first seen, where that is all', [micros('FirstSeenUTC', utc)], undefined, utc],
  ['a clock that is right', [micros('LastSeenUTC', utc)], { counts: 'utc', offsetMs: 0 }, utc],
  ['a clock that is 14 s ahead', [micros('LastSeenUTC', utc)], { counts: 'utc', offsetMs: -14_000 }, utc - 14_000],
  ['time since its start', [micros('LastSeenUptime', 60_000)], { counts: 'uptime', offsetMs: utc }, utc + 60_000],
  ['time since a start that is not known', [micros('LastSeenUptime', 60_000)], undefined, arrival],
  ['a time that no record can carry', [parameter('LastSeenUTC', { Microseconds: 2n ** 64n - 1n })], undefined, arrival],
] as [string, Parameter[], DeviceClock | undefined, number][]) {
  test(`instant: ${name}`, () => {
    const decoded = decodeTagReport(report(tag(...parts)), { ...context, ...(deviceClock && { deviceClock }) })
    expect(decoded.ok && decoded.value).toEqual([{ ...plain, at }])
  })
}

for (const [name, frame, reason] of [
  ['a keep-alive', bytesOf('043E0000000A00000000'), 'unsupported'],
  ['a message that is cut', report(tag()).subarray(0, 20), 'length'],
  ['text', new TextEncoder().encode('HTTP/1.1 400 Bad Request'), 'format'],
] as const) {
  test(`refused: ${name}`, () => expect(decodeTagReport(frame, context)).toMatchObject({ ok: false, reason }))
}

/** What the codec reads in a report, in the words of a reading; its stamps are those of 1970. */
function readByCodec(frame: Uint8Array): unknown[] {
  const decoded = decodeMessage(frame)
  if (!decoded.ok) throw new Error(decoded.reason)
  return findAll(decoded.value, 'TagReportData').map((one) => {
    const value = (name: string, field = name) => numberIn(find(one, name), field)
    const phase = value('ImpinjRFPhaseAngle', 'PhaseAngle')
    const doppler = value('ImpinjRFDopplerFrequency', 'DopplerFrequency')
    const stamp = value('LastSeenUTC', 'Microseconds') ?? value('FirstSeenUTC', 'Microseconds')
    const fine = value('ImpinjPeakRSSI', 'RSSI')
    const rssiDbm = fine === undefined ? value('PeakRSSI') : fine / 100
    return {
      type: 'tag',
      at: stamp === undefined ? arrival : Math.trunc(stamp / 1000),
      device: 'dock-1',
      antenna: value('AntennaID') ?? 1,
      epc: epcIn(one),
      ...(rssiDbm !== undefined && rssiDbm >= -150 && rssiDbm <= 50 ? { rssiDbm } : {}),
      ...(phase === undefined ? {} : { phaseRadians: ((phase % 4096) * 2 * Math.PI) / 4096 }),
      ...(doppler === undefined ? {} : { dopplerHz: doppler / 16 }),
      count: value('TagSeenCount', 'TagCount') || 1,
    }
  })
}

function epcIn(one: NamedParameter): string {
  const found = find(one, 'EPC96')?.fields['EPC'] ?? find(one, 'EPCData')?.fields['EPC']
  const holder = found as Uint8Array | { bytes: Uint8Array }
  return hexOf(holder instanceof Uint8Array ? holder : holder.bytes)
}

const recorded = new URL('../../../../shared/data/llrp/edgex-testdata/roAccessReports/', import.meta.url)
test('the recorded reports of a reader are read as the codec reads them', () => {
  const files = globSync('*.bytes', { cwd: recorded.pathname })
  expect(files.length).toBeGreaterThan(5)
  let tags = 0
  for (const file of files) {
    const body = readFileSync(new URL(file, recorded))
    const head = Buffer.from('043D0000000000000001', 'hex')
    head.writeUInt32BE(body.length + 10, 2)
    const frame = new Uint8Array(Buffer.concat([head, body]))
    const read = decodeTagReport(frame, context)
    expect(read.ok && read.value).toEqual(readByCodec(frame))
    tags += read.ok ? read.value.length : 0
  }
  expect(tags).toBeGreaterThan(5)
})

test('any report is read as the codec reads it', () => {
  const numbers = (name: string, field: string, min: number, max: number) =>
    fc.integer({ min, max }).map((value) => parameter(name, { [field]: value }))
  const stamp = (name: string) =>
    fc.bigInt({ min: 0n, max: 2n ** 52n }).map((Microseconds) => parameter(name, { Microseconds }))
  const anyEpc = fc.oneof(
    fc.uint8Array({ minLength: 12, maxLength: 12 }).map((EPC) => parameter('EPC96', { EPC })),
    fc
      .uint8Array({ minLength: 1, maxLength: 62 })
      .map((found) => parameter('EPCData', { EPC: { count: found.length * 8, bytes: found } })),
  )
  const others = [
    numbers('AntennaID', 'AntennaID', 1, 255),
    numbers('PeakRSSI', 'PeakRSSI', -128, 127),
    numbers('ChannelIndex', 'ChannelIndex', 0, 0xffff),
    numbers('TagSeenCount', 'TagCount', 0, 0xffff),
    numbers('ROSpecID', 'ROSpecID', 0, 0xffff_ffff),
    numbers('C1G2PC', 'PC', 0, 0xffff),
    numbers('C1G2SingulationDetails', 'NumEmptySlots', 0, 0xffff),
    numbers('ImpinjRFPhaseAngle', 'PhaseAngle', 0, 4095),
    numbers('ImpinjPeakRSSI', 'RSSI', -32_768, 32_767),
    numbers('ImpinjRFDopplerFrequency', 'DopplerFrequency', -32_768, 32_767),
    numbers('C1G2WriteOpSpecResult', 'OpSpecID', 0, 0xffff),
    fc.constant(parameter('Custom', { VendorID: 161, Subtype: 57, Data: new Uint8Array(2) })),
    ...['FirstSeenUTC', 'LastSeenUTC', 'FirstSeenUptime', 'LastSeenUptime'].map(stamp),
  ]
  const some = fc.tuple(anyEpc, ...others.map((one) => fc.option(one, { nil: undefined }))).chain((parts) =>
    fc.shuffledSubarray(
      parts.filter((one) => one !== undefined),
      { minLength: parts.filter((one) => one !== undefined).length },
    ),
  )
  fc.assert(
    fc.property(fc.array(some, { maxLength: 5 }), (tags) => {
      const frame = report(...tags.map((parts) => parameter('TagReportData', {}, ...parts)))
      const read = decodeTagReport(frame, context)
      expect(read.ok && read.value).toEqual(readByCodec(frame))
    }),
    { numRuns: 500 },
  )
})
