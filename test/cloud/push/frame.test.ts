import { expect, test } from 'vitest'
import { frameOf } from '../../../cloud/push/frame.ts'

/** Lengths on both sides of where RFC 6455 §5.2 changes how it writes them; `…` is three bytes of UTF-8. */
test.for([
  [0, 2],
  [105, 2],
  [106, 4],
  [65_515, 4],
  [65_516, 10],
] as const)('a text of %i bytes has a header of %i', ([filler, headerLength]) => {
  const payload = `…${'x'.repeat(Math.max(0, filler - 3))}`.slice(filler === 0 ? 1 : 0)
  const bytes = frameOf('delta', payload)
  expect(bytes[0]).toBe(0x81)
  const length =
    headerLength === 2 ? bytes[1] : headerLength === 4 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  expect(bytes.length).toBe(headerLength + (length ?? 0))
  expect(bytes.subarray(headerLength).toString()).toBe(`42/live,["delta",${JSON.stringify(payload)}]`)
})
