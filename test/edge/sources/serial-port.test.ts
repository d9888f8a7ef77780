import { expect, test } from 'vitest'
import { whyNotOpen } from '../../../edge/sources/serial/port.ts'

test.each([
  ['Error: No such file or directory, cannot open /dev/ttyUSB0', 'plugged in and powered?'],
  ['Error: Permission denied, cannot open /dev/ttyUSB0', 'group dialout'],
  ['Error: Resource temporarily unavailable Cannot lock port', 'in use by another program'],
  ['Error: Input/output error, cannot open /dev/ttyUSB0', 'Input/output error'],
])('%s', (message, part) => {
  const told = whyNotOpen('/dev/ttyUSB0', message)
  expect(told).toMatch(/^\/dev\/ttyUSB0/)
  expect(told).toContain(part)
})
