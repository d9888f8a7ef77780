import { describe, expect, test } from 'vitest'
import { modbusCrc, requestAt, withCrc } from '../../../simulators/devices/modbus-rtu.ts'
import { epcCrc16, yrm100Frame } from '../../../simulators/devices/yrm100.ts'

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex')
const hex = (frame: Uint8Array) => Buffer.from(frame).toString('hex').toUpperCase()

describe('Modbus RTU', () => {
  test.each([
    ['read both registers', '01 04 00 01 00 02', '200B'],
    ['30.5 °C and 54.6 %', '01 04 04 01 31 02 22', '2ACE'],
    ['read temperature', '01 04 00 01 00 01', '600A'],
    ['30.5 °C', '01 04 02 01 31', '7974'],
  ])('CRC of %s', (_, body, crc) => {
    expect(hex(withCrc(bytes(body)))).toBe(hex(bytes(body)) + crc)
  })

  test('CRC over a frame with its CRC is 0', () => expect(modbusCrc(bytes('010400010002200B'))).toBe(0))

  test.each([
    ['whole', '010400010002200B', { address: 1, functionCode: 4 }],
    ['with more behind it', '010400010002200BFFFF', { address: 1, functionCode: 4 }],
    ['cut short', '01040001000220', undefined],
    ['wrong CRC', '010400010002200C', undefined],
  ])('a request %s', (_, text, expected) => {
    const found = requestAt(bytes(text))
    if (expected === undefined) expect(found).toBeUndefined()
    else expect(found).toMatchObject({ request: expected, length: 8 })
  })
})

describe('YRM100', () => {
  test.each([
    ['no tag', 0x01, 0xff, [0x15], 'BB01FF000115167E'],
    ['stopped', 0x01, 0x28, [0x00], 'BB01280001002A7E'],
    [
      'tag notice',
      0x02,
      0x22,
      [...bytes('C9 3400 30751FEB705C5904E3D50D70 3A76')],
      'BB02220011C9340030751FEB705C5904E3D50D703A76EF7E',
    ],
  ])('frame: %s', (_, type, code, parameters, expected) => {
    expect(hex(yrm100Frame(type, code, parameters))).toBe(expected)
  })

  test('CRC of a real tag', () => expect(epcCrc16(bytes('3400 30751FEB705C5904E3D50D70'))).toBe(0x3a76))
})
