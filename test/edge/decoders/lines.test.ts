import { expect, test } from 'vitest'
import { decodeItemTestCsv } from '../../../edge/decoders/item-test-csv.ts'
import { decodeTagLine } from '../../../edge/decoders/tag-lines.ts'

const context = { device: 'gate', at: 1000 }
const ascii = (text: string) => new TextEncoder().encode(text)
const epc = '30340242201D8840009EFDF7'

for (const [line, expected] of [
  [epc, { epc }],
  [`  ${epc.toLowerCase()} `, { epc }],
  [`EP: ${epc}`, { epc }],
  [`EP:${epc}`, { epc }],
  [`EP: ${epc} RI: -52`, { epc, rssiDbm: -52 }],
  [`EP: ${epc}, RI: -52.5`, { epc, rssiDbm: -52.5 }],
  [`EP: ${epc} RI: 999`, { epc }],
  ['AD38', { epc: 'AD38' }],
  ["b'303435fc8803d056d15b963f'", { epc: '303435FC8803D056D15B963F' }], // a script printed its bytes object
  ['30 34 35 FC 88 03', { epc: '303435FC8803' }],
] as const) {
  test(`tag line ${line}`, () => {
    expect(decodeTagLine(ascii(line), context)).toEqual({
      ok: true,
      value: [{ type: 'tag', at: 1000, device: 'gate', antenna: 1, count: 1, ...expected }],
    })
  })
}
for (const line of ['OK:', 'CS: .iv', 'RI: -52', 'ME: no tag']) {
  test(`companion ${line}`, () => expect(decodeTagLine(ascii(line), context)).toEqual({ ok: true, value: [] }))
}
for (const [line, reason] of [
  ['ER: 005', 'status'],
  ['303', 'format'], // half a byte
  ['hello', 'format'],
  ['EP: ', 'format'],
  ['30'.repeat(63), 'format'],
] as const) {
  test(`refused: ${line.slice(0, 30)}`, () =>
    expect(decodeTagLine(ascii(line), context)).toMatchObject({ ok: false, reason }))
}

for (const [name, line, expected] of [
  [
    'a recorded line',
    '2023-01-06T17:01:31.2450830+01:00;AD3830770CCDD0AD3830043F;;1;-63,5;865,7;169.254.1.1;;',
    { at: Date.UTC(2023, 0, 6, 16, 1, 31, 245), epc: 'AD3830770CCDD0AD3830043F', antenna: 1, rssiDbm: -63.5 },
  ],
  [
    'with TID, on antenna 4',
    '2023-01-06T17:01:31.2450830Z;3034;E28011;4;-60;865,7;h;;',
    { at: Date.UTC(2023, 0, 6, 17, 1, 31, 245), epc: '3034', antenna: 4, rssiDbm: -60, tid: 'E28011' },
  ],
  ['only two columns', '2023-01-06T00:00:00Z;3034', { at: Date.UTC(2023, 0, 6), epc: '3034', antenna: 1 }],
] as const) {
  test(`ItemTest: ${name}`, () => {
    expect(decodeItemTestCsv(ascii(line), context)).toEqual({
      ok: true,
      value: [{ type: 'tag', device: 'gate', count: 1, ...expected }],
    })
  })
}
for (const [line, reason] of [
  ['// Timestamp, EPC, TID, Antenna', 'unsupported'],
  ['2023-01-06T17:01:31.2429680+01:00;;;1;-63;865,7;169.254.1.1;;', 'incomplete'],
  ['2023-01-06T17:01:31.2429680;3034;;1;-63', 'format'], // whose local time?
  ['2023-02-30T17:01:31Z;3034;;1;-63', 'format'],
  ['2023-01-06T17:01:31Z;30X4;;1;-63', 'format'],
  ['2023-01-06T17:01:31Z;3034;;0;-63', 'implausible'],
  ['', 'format'],
] as const) {
  test(`ItemTest refuses ${line}`, () =>
    expect(decodeItemTestCsv(ascii(line), context)).toMatchObject({ ok: false, reason }))
}
