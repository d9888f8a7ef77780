import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { protocols } from '../../../edge/decoders/catalogue.ts'
import { protocolNames } from '../../../edge/decoders/protocol.ts'
import { refusalReasons } from '../../../shared/decoded.ts'
import { bytesOf } from '../../support/framing.ts'

const text = (value: string) => new TextEncoder().encode(value)
/** One good frame per protocol, to be bent. */
const good = {
  yrm100: bytesOf('BB 02 22 00 11 C9 3400 30751FEB705C5904E3D50D70 3A76 EF 7E'),
  'tag-lines': text('EP: 30340242201D8840009EFDF7 RI: -52'),
  'impinj-r700': text(
    '[{"timestamp":"2022-02-22T22:22:22.222Z","eventType":"tagInventory","tagInventoryEvent":{"epc":"ftqQOAUQAnEAAsCu","antennaPort":1,"peakRssiCdbm":-7000}}]',
  ),
  zigbee2mqtt: text('{"battery":"97.5","temperature":21.43,"last_seen":"2026-02-02T03:40:00Z","contact":true}'),
  'xy-md02': bytesOf('01310222'),
  'item-test-csv': text('2023-01-06T17:01:31.2450830+01:00;AD3830770CCDD0AD3830043F;;1;-63,5;865,7;169.254.1.1;;'),
}

describe.each(protocolNames)('%s', (name) => {
  const { decode } = protocols[name]
  const check = (bytes: Uint8Array) => {
    const result = decode(bytes, { device: 'd', at: 1, channel: 'a/d' })
    if (!result.ok) {
      expect(refusalReasons).toContain(result.reason)
      return
    }
    for (const reading of result.value) {
      if (reading.type === 'refused') continue
      expect(Number.isSafeInteger(reading.at) && reading.at >= 0).toBe(true)
      if (reading.type === 'tag') {
        expect(reading.epc).toMatch(/^(?:[0-9A-F]{2}){1,62}$/)
        expect(reading.antenna >= 1 && reading.antenna <= 255).toBe(true)
      }
    }
  }

  test('the good frame holds a reading', () => {
    expect(decode(good[name], { device: 'd', at: 1 })).toMatchObject({ ok: true, value: [{}] })
  })

  test('random bytes never throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), check), { numRuns: 500 })
  })

  test('random text and JSON never throw', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()).map(text), check), { numRuns: 500 })
  })

  test('a good frame with bytes changed, cut or doubled never throws', () => {
    const mutation = fc.tuple(fc.nat(good[name].length), fc.integer({ min: 0, max: 255 }), fc.nat(3))
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
        let bytes = good[name]
        for (const [at, value, kind] of mutations) {
          if (kind === 0) bytes = bytes.map((byte, i) => (i === at ? value : byte))
          else if (kind === 1) bytes = bytes.slice(0, at)
          else if (kind === 2) bytes = new Uint8Array([...bytes.slice(0, at), value, ...bytes.slice(at)])
          else bytes = new Uint8Array([...bytes, ...bytes.slice(at)])
        }
        check(bytes)
      }),
      { numRuns: 1000 },
    )
  })
})
