import { expect, test } from 'vitest'
import { decodeA0 } from '../../../edge/decoders/a0.ts'
import type { Decoder } from '../../../edge/decoders/reading.ts'
import { decodeThingMagic } from '../../../edge/decoders/thingmagic.ts'
import { decodeUhfPrime } from '../../../edge/decoders/uhf-prime.ts'
import { decodeUhfReader18 } from '../../../edge/decoders/uhfreader18.ts'
import { bytesOf } from '../../support/framing.ts'

const context = { device: 'door', at: 1000 }
const tag = (epc: string, more: object = {}) => ({
  type: 'tag',
  at: 1000,
  device: 'door',
  antenna: 1,
  epc,
  count: 1,
  ...more,
})
const tags = (...value: readonly object[]) => ({ ok: true, value })
const nothing = tags()
const refused = (reason: string, detail?: string) => ({
  ok: false,
  reason,
  ...(detail === undefined ? {} : { detail }),
})

function table(decode: Decoder, rows: readonly (readonly [name: string, hex: string, expected: object])[]): void {
  test.each(rows)(`${decode.name}: %s`, (_name, hex, expected) => {
    expect(decode(bytesOf(hex), context)).toEqual(expected)
  })
}

table(decodeUhfReader18, [
  // Frames of real readers; the RSSI byte behind the EPC has no stated unit.
  ['a tag', '15 00 01 03 01 01 0C E28068940000400A9D22A9EB 5D F9C3', tags(tag('E28068940000400A9D22A9EB'))],
  [
    'a tag at antenna 3 (bit 2)',
    '15 00 01 03 04 01 0C 49440000000000000A000334 64 25C0',
    tags(tag('49440000000000000A000334', { antenna: 3 })),
  ],
  // Kept among the vectors as "statistics"; by its layout it is a tag with an EPC of 32 bits.
  ['a short EPC', '0D 00 01 03 01 01 04 111000A4 43 AD25', tags(tag('111000A4'))],
  [
    'two tags in one answer',
    '23 00 01 03 01 02 0C 000000000000000000000313 6B 0C 000000000000000000000314 6C 70F2',
    tags(tag('000000000000000000000313'), tag('000000000000000000000314')),
  ],
  [
    'a tag of the 18, which says neither antenna nor RSSI',
    '13 00 01 03 01 0C 000000000000000000000313 3F39',
    tags(tag('000000000000000000000313')),
  ],
  ['a round that found none', '07 00 01 01 01 00 1E4B', nothing],
  ['no tag', '05 00 01 FB F23D', nothing],
  ['a command', '04 00 01 DB4B', nothing],
  ['power was set', '05 00 2F 00 8DCD', nothing],
  ['a missing antenna', '05 00 01 F8 690F', refused('status', 'status 0xf8')],
  ['an error', '05 00 01 05 0323', refused('status', 'status 0x5')],
  ['a tag that is not there', '06 00 01 01 01 9D59', refused('length', 'tags')],
  ['two antennas at once', '09 00 01 03 03 01 01 AA F1A5', refused('length', 'tags')],
  ['a wrong CRC', '05 00 01 FB F23E', refused('checksum')],
  ['more than one frame', '04 00 01 DB4B 00', refused('length')],
  ['nothing', '', refused('length')],
])

table(decodeUhfPrime, [
  [
    // By the manual's layout: no reader has been heard.
    'a tag, RSSI FDD0 = −56.0 dBm',
    'CF 00 0001 12 00 FDD0 01 05 0C 3036443340000040000F4241 7B06',
    tags(tag('3036443340000040000F4241', { rssiDbm: -56 })),
  ],
  // Frames of a real reader.
  ['the inventory was stopped', 'CF 00 0002 01 00 9EEA', nothing],
  ['parameters were set', 'CF 00 0071 01 00 F156', nothing],
  ['its parameters', 'CF 00 0072 1A 00 00000180040001010386 02EE01F4312101040000 0C00030105 2C68', nothing],
  ['a command', 'CF FF 0002 00 E761', nothing],
  ['the round is over', 'CF 00 0001 01 12 421D', nothing],
  ['it failed', 'CF 00 0001 01 02 529C', refused('status', 'status 0x2')],
  ['an EPC that is cut', 'CF 00 0001 11 00 FDD0 01 05 0C 3036443340000040000F42 C081', refused('length', 'tag')],
  ['a wrong CRC', 'CF 00 0001 01 12 421E', refused('checksum')],
  ['another protocol', 'BB 01 FF 00 01 15 16 7E', refused('format')],
])

table(decodeThingMagic, [
  [
    // Documented in SparkFun's library. The copy among our vectors has one 00 too many in it; with 47 bytes the
    // announced length (28h) and the CRC (561D) hold.
    'a tag, −60 dBm',
    'FF 28 22 0000 10001B01FF0101 C4 11 0E1640 00000127 0000 05 0000 0F 0080 3000 000000000000000000001545 E94A 561D',
    tags(tag('000000000000000000001545', { rssiDbm: -60 })),
  ],
  [
    'a tag at antenna 2 with 32 bits of its TID embedded',
    'FF 2C 22 0000 10001B01FF0101 D0 22 0E1640 00000127 0000 05 0020 E2801170 0F 0080 3000 000000000000000000001545 E94A E5BA',
    tags(tag('000000000000000000001545', { rssiDbm: -48, antenna: 2 })),
  ],
  ['a keep-alive', 'FF 00 22 0400 84E0', nothing],
  ['the start is confirmed', 'FF 00 2F 0000 514D', nothing],
  ['it is too hot', 'FF 00 22 0504 85E4', refused('status', 'status 0x0504')],
  ['high return loss', 'FF 00 22 0505 85E5', refused('status', 'status 0x0505')],
  ['a tag that is cut', 'FF 05 22 0000 0102030405 BAA9', refused('length', 'tag')],
  [
    'an EPC of no bits',
    'FF 28 22 0000 10001B01FF0101 C4 11 0E1640 00000127 0000 05 0000 0F 0000 3000 000000000000000000001545 E94A 020F',
    refused('length', 'EPC'),
  ],
  [
    'the vector with one 00 too many',
    'FF 28 22 0000 10001B01FF0101 C4 11 0E1640 00000127 0000 05 0000 0F 0080 3000 00000000000000000000001545 E94A 561D',
    refused('checksum'),
  ],
])

table(decodeA0, [
  // Frames of real readers (IND903, Yanzeo).
  [
    'a tag, RSSI 45 = −60 dBm',
    'A0 13 01 89 04 3000 E20030166613012115507 4EF 45 BF',
    tags(tag('E200301666130121155074EF', { rssiDbm: -60 })),
  ],
  [
    'another frequency',
    'A0 13 01 89 8C 3000 300833B2DDD9014000000001 37 BB',
    tags(tag('300833B2DDD9014000000001', { rssiDbm: -74 })),
  ],
  ['the round is over', 'A0 0A 01 89 00 0011 00000005 B6', nothing],
  ['the antenna was chosen', 'A0 04 01 74 10 D7', nothing],
  // By the layout of the protocol.
  [
    'antenna 8 of 8',
    'A0 13 01 89 8F 3000 300833B2DDD9014000000001 B7 38',
    tags(tag('300833B2DDD9014000000001', { rssiDbm: -74, antenna: 8 })),
  ],
  ['power was set', 'A0 04 01 66 10 E5', nothing],
  ['a missing antenna', 'A0 04 01 89 22 B0', refused('status', 'error 0x22')],
  ['a tag without EPC', 'A0 06 01 89 04 3000 9C', refused('length', 'EPC')],
  ['a wrong checksum', 'A0 04 01 89 22 B1', refused('checksum')],
  // One digit of this frame is wrong where it was found: its bytes do not sum up to 0.
  ['a frame that was written down wrong', 'A0 0A 01 89 00 001D 00000001 BC', refused('checksum')],
])
