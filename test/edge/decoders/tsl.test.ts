import { expect, test } from 'vitest'
import { decodeTsl } from '../../../edge/decoders/tsl.ts'
import { tslFramer } from '../../../edge/framing/tsl.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const tag = (epc: string, more: object) => ({ type: 'tag', at: 1, device: 'desk', antenna: 1, epc, count: 1, ...more })

test.each([
  [
    'a tag with its signal',
    'EP: 30340242201D8840009EFDF7\nRI: -52',
    [tag('30340242201D8840009EFDF7', { rssiDbm: -52 })],
  ],
  [
    'a tag with PC, signal and antenna',
    'EP: 30340242201D8840009EFDF7\nPC: 3000\nRI: -61.5\nAN: 2',
    [tag('30340242201D8840009EFDF7', { rssiDbm: -61.5, antenna: 2 })],
  ],
  ['a tag alone', 'EP: 30340242201D8840009EFDF7', [tag('30340242201D8840009EFDF7', {})]],
  ['a signal that cannot be', 'EP: 3034\nRI: -999', [tag('3034', {})]],
  ['the end of a round', 'OK:', []],
  ['no tag', 'ER: 005', []],
  ['an echo', 'CS: .iv -r on', []],
])('%s', (_name, frame, value) => {
  expect(decodeTsl(bytes(frame), { device: 'desk', at: 1 })).toEqual({ ok: true, value })
})

test.each([
  ['an error', 'ER: 001', { ok: false, reason: 'status' }],
  ['an EPC that is none', 'EP: 30Z4\nRI: -52', { ok: false, reason: 'format' }],
])('refused: %s', (_name, frame, expected) => {
  expect(decodeTsl(bytes(frame), { device: 'desk', at: 1 })).toMatchObject(expected)
})

test('what is told of one tag is one frame', () => {
  const frames: string[] = []
  const refused: unknown[] = []
  const framer = tslFramer()
  const push = (text: string) =>
    framer.push(
      bytes(text),
      (frame) => frames.push(new TextDecoder().decode(frame)),
      (...why) => refused.push(why),
    )
  push('CS: .iv\r\nRI: -40\r\nEP: 3034\r\nRI')
  expect(frames).toEqual(['CS: .iv', 'RI: -40'])
  push(': -52\r\nAN: 2\r\nEP: 3035\r\n')
  expect(frames.slice(2)).toEqual(['EP: 3034\nRI: -52\nAN: 2'])
  push('OK:\r\n\r\nEP: 3036\r\nRI: -')
  expect(frames.slice(3)).toEqual(['EP: 3035', 'OK:'])
  framer.reset((...why) => refused.push(why))
  expect(refused).toEqual([
    ['incomplete', 8],
    ['incomplete', 5],
  ])
})
