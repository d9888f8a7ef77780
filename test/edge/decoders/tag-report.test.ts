import { expect, test } from 'vitest'
import { encodeMessage } from '../../../edge/decoders/llrp/encode.ts'
import { message, parameter } from '../../../edge/decoders/llrp/make.ts'
import type { Parameter } from '../../../edge/decoders/llrp/message.ts'
import { decodeTagReport } from '../../../edge/decoders/llrp/tag-report.ts'
import type { DeviceClock } from '../../../edge/decoders/reading.ts'
import { bytesOf } from '../../support/framing.ts'

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
