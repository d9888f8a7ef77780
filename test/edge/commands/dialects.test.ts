import { describe, expect, test } from 'vitest'
import { a0Dialect } from '../../../edge/commands/a0.ts'
import type { Dialect, ReaderSettings } from '../../../edge/commands/dialect.ts'
import { thingMagicDialect } from '../../../edge/commands/thingmagic.ts'
import { tslDialect } from '../../../edge/commands/tsl.ts'
import { uhfPrimeDialect } from '../../../edge/commands/uhf-prime.ts'
import { uhfReader18Dialect } from '../../../edge/commands/uhfreader18.ts'
import { yrm100Dialect } from '../../../edge/commands/yrm100.ts'
import { bytesOf, hexOf } from '../../support/framing.ts'

const line = (text: string) => hexOf(new TextEncoder().encode(`${text}\r\n`))

/** What is said to a reader, byte by byte. Those marked are from manuals or were heard; the others follow their layout. */
const said: readonly [name: string, Dialect, ReaderSettings, setUp: readonly string[], inventory: readonly string[]][] =
  [
    // The start and stop commands and the power of 20 dBm are the manual's.
    ['YRM100 as it is', yrm100Dialect, {}, [], ['BB 00 27 00 03 22 FF FF 4A 7E']],
    [
      'YRM100 set',
      yrm100Dialect,
      { powerDbm: 20, region: 'fcc' },
      ['BB 00 28 00 00 28 7E', 'BB 00 07 00 01 02 0A 7E', 'BB 00 B6 00 02 07 D0 8F 7E'],
      ['BB 00 27 00 03 22 FF FF 4A 7E'],
    ],
    ['UHFReader18 as it is', uhfReader18Dialect, {}, [], ['04 FF 01 1B B4']],
    [
      'UHFReader288 set',
      uhfReader18Dialect,
      { powerDbm: 26, region: 'etsi', antennas: [1, 3] },
      ['06 FF 22 4E 00 37 A4', '05 FF 2F 1A A5 B4'],
      ['0D FF 01 04 00 01 00 00 00 00 80 0A F2 6A', '0D FF 01 04 00 01 00 00 00 00 82 0A 42 59'],
    ],
    // Commands of UHF Prime were heard on the wire.
    ['UHF Prime as it is', uhfPrimeDialect, {}, [], ['CF FF 0001 05 00 00000000 F5B5']],
    [
      'UHF Prime set',
      uhfPrimeDialect,
      { powerDbm: 26 },
      ['CF FF 0002 00 E761', 'CF FF 0053 02 1A 00 FBC8'],
      ['CF FF 0001 05 00 00000000 F5B5'],
    ],
    // So were those of ThingMagic: region China, 27 dBm.
    [
      'ThingMagic',
      thingMagicDialect,
      { powerDbm: 27, region: 'china' },
      [
        'FF 03 2F 0000 02 5E86',
        'FF 01 97 06 4BBB',
        'FF 02 93 0005 517D',
        'FF 03 91 02 0101 42C5',
        'FF 02 92 0A8C 4BD5',
      ],
      ['FF 10 2F 0000 01 22 0000 05 07 22 10 001B 03E8 01FF DD2B'],
    ],
    ['A0 as it is', a0Dialect, {}, [], ['A0 04 FF 89 01 D3']],
    [
      'A0 set',
      a0Dialect,
      { powerDbm: 30, region: 'etsi', antennas: [1, 8] },
      ['A0 06 FF 78 02 00 06 DB', 'A0 04 FF 66 1E D9'],
      ['A0 04 FF 74 00 E9', 'A0 04 FF 89 01 D3', 'A0 04 FF 74 07 E2', 'A0 04 FF 89 01 D3'],
    ],
    ['TSL as it is', tslDialect, {}, [], [line('.iv -r on')]],
    ['TSL set', tslDialect, { powerDbm: 25 }, [], [line('.iv -r on -o 25')]],
  ]

test.each(said)('%s', (_name, dialect, settings, setUp, inventory) => {
  expect(dialect.refuse(settings)).toBeUndefined()
  const hex = (commands: readonly Uint8Array[]) => commands.map(hexOf)
  expect(hex(dialect.setUp(settings))).toEqual(setUp.map((text) => hexOf(bytesOf(text))))
  expect(hex(dialect.inventory(settings))).toEqual(inventory.map((text) => hexOf(bytesOf(text))))
})

test.each<[string, Dialect, ReaderSettings]>([
  ['a power that no YRM100 has', yrm100Dialect, { powerDbm: 31 }],
  ['a second antenna of a YRM100', yrm100Dialect, { antennas: [2] }],
  ['a fifth antenna of a UHFReader288', uhfReader18Dialect, { antennas: [1, 5] }],
  ['a region of UHF Prime', uhfPrimeDialect, { region: 'etsi' }],
  ['antennas of UHF Prime', uhfPrimeDialect, { antennas: [1] }],
  ['a ThingMagic without a region', thingMagicDialect, { powerDbm: 20 }],
  ['Korea on an A0', a0Dialect, { region: 'korea' }],
  ['a power that is too low for an A0', a0Dialect, { powerDbm: 10 }],
  ['a region of a TSL', tslDialect, { region: 'fcc' }],
])('refused: %s', (_name, dialect, settings) => {
  expect(dialect.refuse(settings)).toMatch(/^(?:powerDbm|region|antennas): /)
})

/** What frames mean for the command before them. */
describe('replies', () => {
  const ascii = (text: string) => new TextEncoder().encode(text)
  test.each<[string, Dialect, ReaderSettings, frame: string | Uint8Array, number, 'done' | 'failed' | 'other']>([
    ['YRM100: no tag, so it reads', yrm100Dialect, {}, 'BB 01 FF 00 01 15 16 7E', 0, 'done'],
    ['YRM100: it stopped', yrm100Dialect, { powerDbm: 20 }, 'BB 01 28 00 01 00 2A 7E', 0, 'done'],
    ['YRM100: an old tag', yrm100Dialect, { powerDbm: 20 }, 'BB 02 22 00 05 C9 0000 0000 F2 7E', 0, 'other'],
    ['YRM100: refused', yrm100Dialect, { powerDbm: 20 }, 'BB 01 FF 00 01 0E 0F 7E', 1, 'failed'],
    ['UHFReader18: more follows', uhfReader18Dialect, {}, '0D 00 01 03 01 01 04 111000A4 43 AD25', 0, 'other'],
    ['UHFReader18: round over', uhfReader18Dialect, {}, '07 00 01 01 01 00 1E4B', 0, 'done'],
    ['UHFReader18: no tag', uhfReader18Dialect, {}, '05 00 01 FB F23D', 0, 'done'],
    ['UHFReader18: no antenna', uhfReader18Dialect, {}, '05 00 01 F8 690F', 0, 'failed'],
    ['UHFReader18: power is set', uhfReader18Dialect, { powerDbm: 20 }, '05 00 2F 00 8DCD', 0, 'done'],
    ['UHF Prime: no tag, so it reads', uhfPrimeDialect, {}, 'CF 00 0001 01 12 421D', 0, 'done'],
    ['UHF Prime: power is set', uhfPrimeDialect, { powerDbm: 26 }, 'CF 00 0053 01 00 47D5', 1, 'done'],
    ['UHF Prime: another answer', uhfPrimeDialect, { powerDbm: 26 }, 'CF 00 0002 01 00 9EEA', 1, 'other'],
    ['ThingMagic: started', thingMagicDialect, {}, 'FF 00 2F 0000 514D', 4, 'done'],
    ['ThingMagic: keep-alive', thingMagicDialect, {}, 'FF 00 22 0400 84E0', 0, 'other'],
    ['A0: a tag', a0Dialect, {}, 'A0 13 01 89 04 3000 E20030166613012115507 4EF 45 BF', 0, 'other'],
    ['A0: round over', a0Dialect, {}, 'A0 0A 01 89 00 0011 00000005 B6', 0, 'done'],
    ['A0: no antenna', a0Dialect, {}, 'A0 04 01 89 22 B0', 0, 'failed'],
    ['A0: antenna is chosen', a0Dialect, { antennas: [1] }, 'A0 04 01 74 10 D7', 0, 'done'],
    ['TSL: a tag', tslDialect, {}, ascii('EP: 3034\nRI: -52'), 0, 'other'],
    ['TSL: round over', tslDialect, {}, ascii('OK:'), 0, 'done'],
    ['TSL: no tag', tslDialect, {}, ascii('ER: 005'), 0, 'done'],
    ['TSL: refused', tslDialect, {}, ascii('ER: 001'), 0, 'failed'],
  ])('%s', (_name, dialect, settings, frame, command, reply) => {
    const bytes = typeof frame === 'string' ? bytesOf(frame) : frame
    const sent = [...dialect.setUp(settings), ...dialect.inventory(settings)][command] ?? new Uint8Array()
    expect(dialect.judge(bytes, sent)).toBe(reply)
  })
})
