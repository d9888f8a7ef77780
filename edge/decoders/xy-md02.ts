import { accepted, refused } from '../../shared/decoded.ts'
import type { Decoder } from './reading.ts'

/**
 * XY-MD02 (SHT20 on Modbus RTU), input registers 1 and 2 as read by function 04: temperature, signed, and relative
 * humidity, both in tenths, big-endian (XY-MD02 manual, register table). Humidity is read as signed too, so that a
 * broken probe's FFFF shows as implausible and not as 6,553.5 %.
 */
export const decodeXyMd02: Decoder = (registers, context) => {
  if (registers.length !== 4) return refused('length')
  const view = new DataView(registers.buffer, registers.byteOffset, registers.byteLength)
  return accepted([
    {
      type: 'sensor',
      at: context.at,
      sensor: context.device,
      values: { temperature: view.getInt16(0) / 10, humidity: view.getInt16(2) / 10 },
    },
  ])
}
