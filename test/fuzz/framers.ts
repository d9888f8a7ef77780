import { a0Framer } from '../../edge/framing/a0.ts'
import type { Framer } from '../../edge/framing/framer.ts'
import { anyLineFramer, lineFramer } from '../../edge/framing/lines.ts'
import { llrpFramer } from '../../edge/framing/llrp.ts'
import { thingMagicFramer } from '../../edge/framing/thingmagic.ts'
import { tslFramer } from '../../edge/framing/tsl.ts'
import { uhfPrimeFramer } from '../../edge/framing/uhf-prime.ts'
import { uhfReader18Framer } from '../../edge/framing/uhfreader18.ts'
import { yrm100Framer } from '../../edge/framing/yrm100.ts'
import { bytesOf, chunksOf, framesOf } from '../support/framing.ts'
import { type FuzzTarget, insist } from './target.ts'

const text = (value: string) => new TextEncoder().encode(value)

interface Framing {
  readonly name: string
  readonly framer: () => Framer
  /** Streams of good frames. */
  readonly good: readonly Uint8Array[]
}

const framings: readonly Framing[] = [
  { name: 'lines', framer: () => lineFramer({ longestBytes: 24 }), good: [text('EP: 3034\r\nRI: -52\n\nOK:\r\n')] },
  { name: 'any lines', framer: () => anyLineFramer({ longestBytes: 24 }), good: [text('A-1\rB-2\r\nC-3\n')] },
  {
    name: 'llrp',
    framer: () => llrpFramer({ longestBytes: 64 }),
    good: [
      bytesOf(
        '043E0000000A00000001 043D000000293AFB30B600F0001F8D0B7F0000000000000051023881000186BC8200058880194BA9D5',
      ),
      bytesOf('00 043E0000000A00000001'),
    ],
  },
  {
    name: 'yrm100',
    framer: yrm100Framer,
    good: [
      bytesOf('BB 02 22 00 11 C9 3400 30751FEB705C5904E3D50D70 3A76 EF 7E BB 01 FF 00 01 15 16 7E'),
      bytesOf('BB 01 FF 00 01 15 16 7E 00 BB BB 01 FF 00 01 15 16 7E'),
    ],
  },
  {
    name: 'uhfreader18',
    framer: uhfReader18Framer,
    good: [
      bytesOf('15 00 01 03 01 01 0C E28068940000400A9D22A9EB 5D F9C3 07 00 01 01 01 00 1E4B'),
      bytesOf('FF 04 00 01 DB4B'),
    ],
  },
  {
    name: 'uhf-prime',
    framer: uhfPrimeFramer,
    good: [bytesOf('CF 00 0001 12 00 FDD0 01 05 0C 3036443340000040000F4241 7B06 CF 00 0001 01 12 421D')],
  },
  {
    name: 'thingmagic',
    framer: thingMagicFramer,
    good: [bytesOf('FF 00 22 0400 84E0 00 FF 00 2F 0000 514D')],
  },
  {
    name: 'tsl',
    framer: tslFramer,
    good: [text('CS: .iv\r\nEP: 3034\r\nRI: -52\r\nEP: 3035\r\nOK:\r\n')],
  },
  {
    name: 'a0',
    framer: a0Framer,
    good: [bytesOf('A0 13 01 89 04 3000 E20030166613012115507 4EF 45 BF A0 A0 04 01 74 10 D7')],
  },
]

/** Every framer of the edge: the same frames and the same refusals however the bytes were split. */
export const framerTargets: readonly FuzzTarget[] = framings.map(({ name, framer, good }) => ({
  name: `${name} framing`,
  good,
  take(bytes) {
    const whole = framesOf(framer(), [bytes])
    // The cut depends on the input, so that a failure can be shown again.
    const sizes = [1 + ((bytes[0] ?? 0) % 7), 1 + ((bytes.at(-1) ?? 0) % 13)]
    const split = framesOf(framer(), chunksOf(bytes, sizes))
    insist(JSON.stringify(split) === JSON.stringify(whole), `the same frames in pieces of ${sizes} bytes`)
    const refused = Object.values(whole.refused).reduce((sum, count) => sum + count, 0)
    insist(refused <= bytes.length, 'no more bytes refused than came')
    return whole.frames.length > 0 ? 'accepted' : 'refused'
  },
}))
