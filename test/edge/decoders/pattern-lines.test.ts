import { expect, test } from 'vitest'
import { patternDecoder } from '../../../edge/decoders/pattern-lines.ts'
import { SerialOptions } from '../../../edge/sources/serial/options.ts'

const context = { device: 'door', at: 1000 }
const read = (pattern: string, line: string) =>
  patternDecoder(new RegExp(pattern))(new TextEncoder().encode(line), context)
const tag = (more: object) => ({
  ok: true,
  value: [{ type: 'tag', at: 1000, device: 'door', antenna: 1, epc: '30340242201D8840009EFDF7', count: 1, ...more }],
})

test.each([
  ['the EPC alone', '^TAG=(?<epc>[0-9A-Fa-f]+)$', 'TAG=30340242201d8840009efdf7\r', {}],
  [
    'antenna and signal, with a comma as in Germany',
    '^(?<antenna>\\d+);(?<epc>[0-9A-F]+);(?<rssi>-?[\\d,]+)',
    '3;30340242201D8840009EFDF7;-61,5;x',
    { antenna: 3, rssiDbm: -61.5 },
  ],
  [
    'a TID',
    '(?<epc>[0-9A-F]{24}) (?<tid>[0-9A-F]{24})',
    '30340242201D8840009EFDF7 E28011052000716900000000',
    { tid: 'E28011052000716900000000' },
  ],
  ['a signal that cannot be', '(?<epc>[0-9A-F]+) (?<rssi>\\S+)', '30340242201D8840009EFDF7 999', {}],
])('%s', (_name, pattern, line, more) => expect(read(pattern, line)).toEqual(tag(more)))

test.each([
  ['another line', '^TAG=(?<epc>[0-9A-F]+)$', 'battery low', { ok: false, reason: 'format' }],
  ['no hex', '^(?<epc>\\w+)$', 'XYZ', { ok: false, reason: 'format' }],
  ['antenna 0', '^(?<antenna>\\d+) (?<epc>\\w+)$', '0 3034', { ok: false, reason: 'implausible', detail: 'antenna' }],
  ['too long', '(?<epc>\\w+)', 'A'.repeat(600), { ok: false, reason: 'overlong' }],
])('refused: %s', (_name, pattern, line, expected) => expect(read(pattern, line)).toEqual(expected))

test.each([
  ['is no pattern', 'tag-lines', '(?<epc>'],
  ['names no EPC', 'tag-lines', '^\\w+$'],
  ['stands beside another protocol', 'yrm100', '(?<epc>\\w+)'],
])('a pattern that %s is a mistake', (_name, protocol, pattern) => {
  const source = { type: 'serial', id: 'door', path: '/dev/ttyS0', protocol, pattern }
  expect(SerialOptions.safeParse(source).error?.issues.map(({ path }) => path.join('.'))).toEqual(['pattern'])
})
