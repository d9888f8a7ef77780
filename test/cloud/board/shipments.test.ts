import { expect, test } from 'vitest'
import { inDockOrder, isOverdue } from '../../../cloud/board/core/shipments.ts'
import type { ShipmentSummary } from '../../../shared/shipment.ts'

const at = (hour: number) => new Date(Date.UTC(2026, 10, 28, hour)).toISOString()
function one(shipment: string, state: ShipmentSummary['state'], dueAt: string | null): ShipmentSummary {
  const counts = { expected: 1, seen: 0, byPallet: 0, short: 1, over: 0, unknown: 0 }
  const times = { announcedAt: at(0), firstAt: null, lastAt: null, endedAt: null }
  return { site: 'dc', shipment, direction: 'in', gate: null, dueAt, state, ...counts, ...times }
}

test('what is at the gate comes first, then what is due first; what has ended is not there', () => {
  const shipments = [
    one('whenever', 'expected', null),
    one('late', 'expected', at(9)),
    one('b-soon', 'expected', at(8)),
    one('a-soon', 'expected', at(8)),
    one('here', 'underway', at(12)),
    one('gone', 'closed', at(1)),
    one('off', 'cancelled', at(1)),
  ]
  expect(inDockOrder(shipments).map(({ shipment }) => shipment)).toEqual([
    'here',
    'a-soon',
    'b-soon',
    'late',
    'whenever',
  ])
})

test.each([
  ['expected', at(8), true],
  ['expected', at(9), false],
  ['expected', null, false],
  ['underway', at(8), false],
] as const)('%s, due %s: overdue %s', (state, dueAt, overdue) => {
  expect(isOverdue(one('a', state, dueAt), Date.parse(at(8)) + 1)).toBe(overdue)
})
