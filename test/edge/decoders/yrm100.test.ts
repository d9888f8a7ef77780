import { expect, test } from 'vitest'
import { decodeYrm100 } from '../../../edge/decoders/yrm100.ts'
import { bytesOf } from '../../support/framing.ts'

const context = { device: 'door', at: 1000 }

for (const [name, hex, expected] of [
  // Worked frames of the command manual.
  [
    'tag notice, RSSI C9 = −55 dBm',
    'BB 02 22 00 11 C9 3400 30751FEB705C5904E3D50D70 3A76 EF 7E',
    {
      ok: true,
      value: [
        { type: 'tag', at: 1000, device: 'door', antenna: 1, epc: '30751FEB705C5904E3D50D70', rssiDbm: -55, count: 1 },
      ],
    },
  ],
  ['error 15, no tag in the field', 'BB 01 FF 00 01 15 16 7E', { ok: true, value: [] }],
  ['echo of a single poll', 'BB 00 22 00 00 22 7E', { ok: true, value: [] }],
  ['echo of a multiple poll', 'BB 00 27 00 03 22 FF FF 4A 7E', { ok: true, value: [] }],
  // From the field.
  ['answer to stop', 'BB 01 28 00 01 00 2A 7E', { ok: true, value: [] }],
  ['error 20', 'BB 01 FF 00 01 20 21 7E', { ok: false, reason: 'status', detail: 'error 0x20' }],
  ['error without a code', 'BB 01 FF 00 00 00 7E', { ok: false, reason: 'status' }],
  ['notice without an EPC', 'BB 02 22 00 05 C9 0000 0000 F2 7E', { ok: false, reason: 'length' }],
  ['wrong checksum', 'BB 01 FF 00 01 15 17 7E', { ok: false, reason: 'checksum' }],
  ['length that lies', 'BB 01 FF 00 02 15 17 7E', { ok: false, reason: 'length' }],
  ['another protocol', 'A0 01 FF 00 01 15 17 7E', { ok: false, reason: 'format' }],
  ['nothing', '', { ok: false, reason: 'length' }],
] as const) {
  test(name, () => expect(decodeYrm100(bytesOf(hex), context)).toMatchObject(expected))
}
