import { expect, test } from 'vitest'
import { lineBytesPerSecond, saturateLine } from '../support/saturated-line.ts'

test('a line of 115,200 baud that never pauses loses no frame', async () => {
  const { framesSent, framesTaken, bytesOverrun, refused, bytesPerSecond } = await saturateLine(20)
  expect({ framesTaken, bytesOverrun, refused }).toEqual({ framesTaken: framesSent, bytesOverrun: 0, refused: 0 })
  // A line that is not saturated proves nothing.
  expect(bytesPerSecond).toBeGreaterThan(lineBytesPerSecond * 0.9)
})
