import { expect, test } from 'vitest'
import { findEpc } from '../../../edge/clean/epc-finding.ts'

test.each([
  ['an EPC', '30340242201D8840009EFDF7', '30340242201D8840009EFDF7', 'as-read'],
  ['somebody’s own', 'AD3830770CCDD0AD3830043F', 'AD3830770CCDD0AD3830043F', 'as-read'],
  ['hex of hex', '333030383333623264646439303134303030303030303030', '300833B2DDD9014000000000', 'unwrapped'],
  ['the chip’s identity', 'E2801170200014CD9B5A08EC', 'E2801170200014CD9B5A08EC', 'tid'],
] as const)('%s', (_name, read, epc, finding) => expect(findEpc(read)).toEqual({ epc, finding }))
