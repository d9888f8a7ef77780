import { expect, test } from 'vitest'
import { gtin14, sgtin96 } from '../../../simulators/world/sgtin.ts'

test.each([
  // urn:epc:tag:sgtin-96:1.0037000.030241.10419703
  [37_000, 30_241, 10_419_703, '30340242201D8840009EFDF7'],
])('SGTIN-96 of %i.%i.%i', (prefix, reference, serial, hex) => {
  expect(sgtin96(prefix, reference, serial)).toBe(hex)
})

test.each([
  [37_000, 30_241, '00037000302414'],
  [9_506_000, 13_435, '09506000134352'], // the example of the Tag Data Standard, read with a seven-digit prefix
])('GTIN-14 of %i.%i', (prefix, reference, gtin) => {
  expect(gtin14(prefix, reference)).toBe(gtin)
})
