import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineFramer } from '../../../edge/framing/lines.ts'
import { chunksOf, framesOf } from '../../support/framing.ts'

const ascii = (text: string) => new TextEncoder().encode(text)
const lines = (text: string, longestBytes = 8) => {
  const { frames, refused } = framesOf(lineFramer({ longestBytes }), [ascii(text)])
  return { frames: frames.map((hex) => Buffer.from(hex, 'hex').toString()), refused }
}

for (const [name, text, frames, refused] of [
  ['LF', 'one\ntwo\n', ['one', 'two'], {}],
  ['CR LF', 'one\r\ntwo\r\n', ['one', 'two'], {}],
  ['blank lines', '\n\r\none\n\n', ['one'], {}],
  ['an unfinished line', 'one\ntw', ['one'], {}],
  ['exactly the longest', '12345678\nx\n', ['12345678', 'x'], {}],
  ['one byte too long', '123456789\nx\n', ['x'], { overlong: 9 }],
  ['no end in sight', '0123456789012345678901234567', [], { overlong: 24 }],
  ['a CR inside', 'a\rb\n', ['a\rb'], {}],
] as const) {
  test(name, () => expect(lines(text)).toEqual({ frames, refused }))
}

test('any split gives the same lines and the same refusals', () => {
  const stream = fc.array(fc.constantFrom('\n', '\r', '\r\n', 'a', 'bc', '12345678', '0123456789abcdef'), {
    maxLength: 60,
  })
  fc.assert(
    fc.property(stream, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 9 }), (parts, sizes) => {
      const bytes = ascii(parts.join(''))
      const whole = framesOf(lineFramer({ longestBytes: 8 }), [bytes])
      expect(framesOf(lineFramer({ longestBytes: 8 }), chunksOf(bytes, sizes))).toEqual(whole)
    }),
    { numRuns: 500 },
  )
})

test('a reset counts what was held', () => {
  for (const [text, reason, bytes] of [
    ['half', 'incomplete', 4],
    ['much too long', 'overlong', 5],
  ] as const) {
    const framer = lineFramer({ longestBytes: 8 })
    framer.push(
      ascii(text),
      () => {},
      () => {},
    )
    const refused: unknown[] = []
    framer.reset((r, b) => refused.push([r, b]))
    expect(refused).toEqual([[reason, bytes]])
  }
})
