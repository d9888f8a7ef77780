import { expect, test } from 'vitest'
import { packedAgain, stillOn, type Taking, takenOff } from '../../../cloud/board/core/packing.ts'

const at = Date.UTC(2026, 2, 1, 10)
const child = (epc: string, sinceMs: number) => ({
  ...{ epc, sku: null, zone: null, slot: null, apartSince: null },
  since: new Date(at + sinceMs).toISOString(),
})
const unit = { epc: 'P', children: [child('A', -2000), child('B', -1000), child('C', 500)] }
const taking = (children: Taking['children'], parent = 'P'): Taking => ({ parent, sscc: '1', children, count: 1, at })
const left = (...taken: readonly Taking[]) => stillOn(unit, taken).map(({ epc }) => epc)

test.each([
  ['nothing', [], ['A', 'B', 'C']],
  ['one', [taking(['A'])], ['B', 'C']],
  ['one, and then another', [taking(['A']), taking(['B'])], ['C']],
  ['everything: what was packed since is on it', [taking('all')], ['C']],
  ['one that was packed again since', [taking(['C'])], ['A', 'B', 'C']],
  ['something of another unit', [taking('all', 'Q')], ['A', 'B', 'C']],
] as const)('taken off: %s', (_name, taken, epcs) => {
  expect(left(...taken)).toEqual(epcs)
})

test('what is sent names what it knows, and its own instant', () => {
  expect(takenOff(taking(['A']))).toEqual({
    parent: 'P',
    act: 'delete',
    at: '2026-03-01T10:00:00.000Z',
    children: ['A'],
  })
  expect(takenOff(taking('all'))).toEqual({ parent: 'P', act: 'delete', at: '2026-03-01T10:00:00.000Z' })
})

test('packed again it is later than taken off, whatever the clock says', () => {
  const again = (now: number) => packedAgain(taking('all'), ['A'], now).at
  expect([again(at - 5000), again(at + 5000)]).toEqual(['2026-03-01T10:00:00.001Z', '2026-03-01T10:00:05.000Z'])
})
