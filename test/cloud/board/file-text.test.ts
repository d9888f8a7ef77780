import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fileText } from '../../../cloud/board/core/file-text.ts'

test.each([
  ['ASCII', '6570632c736b75', 'epc,sku', 'UTF-8'],
  ['UTF-8', 'e89eba', '螺', 'UTF-8'],
  ['UTF-8 with a byte order mark, which is no text', 'efbbbfe89eba', '螺', 'UTF-8'],
  ['GB18030, two bytes', 'c2ddcba8', '螺栓', 'GB18030'],
  ['GB18030, four bytes (U+20000)', '95328236', '𠀀', 'GB18030'],
  ['UTF-16, little end first', 'fffe5d68', '桝', 'UTF-16'],
  ['UTF-16, big end first', 'feff685d', '桝', 'UTF-16'],
  ['nothing', '', '', 'UTF-8'],
] as const)('%s', (_name, hex, text, encoding) => {
  expect(fileText(Buffer.from(hex, 'hex'))).toEqual({ text, encoding })
})

test('what is none of them is not guessed at: a picture', () => {
  expect(fileText(Buffer.from('89504e470d0a1a0a0000000d49484452ff', 'hex'))).toBeNull()
})

test('every UTF-8 text is read as it was written, and no bytes throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      fc.pre(!text.startsWith('\uFEFF'))
      expect(fileText(new TextEncoder().encode(text))).toEqual({ text, encoding: 'UTF-8' })
    }),
  )
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void fileText(bytes)))
})
