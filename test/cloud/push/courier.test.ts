import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openCourier } from '../../../cloud/push/courier.ts'
import type { Fact } from '../../../cloud/push/fact.ts'
import type { Alert } from '../../../shared/api.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const slot = (slot: string, items: number): Fact => ({
  type: 'slot',
  site: 'rtm',
  slot,
  state: 'occupied',
  items,
  asOf: 1,
})
const alert = (id: string, state: Alert['state']): Fact => ({ type: 'alert', alert: { id, state } as Alert })

function courier() {
  const parcels: (readonly Fact[])[] = []
  const { tell, close } = openCourier((facts) => parcels.push(facts), 25)
  return { parcels, tell, close }
}

test('after quiet a fact leaves at once, under load a parcel every 25 ms', () => {
  const { parcels, tell } = courier()
  tell([slot('A', 1)])
  vi.advanceTimersByTime(1)
  expect(parcels).toEqual([[slot('A', 1)]])
  for (let items = 2; items <= 20; items++) {
    tell([slot('A', items)])
    vi.advanceTimersByTime(1)
  }
  expect(parcels).toHaveLength(1)
  vi.advanceTimersByTime(10)
  expect(parcels[1]).toEqual([slot('A', 20)])
  vi.advanceTimersByTime(1000)
  expect(parcels).toHaveLength(2)
})

test('the newest fact of one subject replaces the one before, and stands where it was told', () => {
  const { parcels, tell } = courier()
  tell([slot('A', 1), slot('B', 1)])
  tell([slot('A', 2)])
  vi.advanceTimersByTime(1)
  expect(parcels).toEqual([[slot('B', 1), slot('A', 2)]])
})

test('an alert that rang and cleared within one parcel is told twice', () => {
  const { parcels, tell } = courier()
  tell([alert('x', 'active')])
  tell([alert('x', 'normal')])
  vi.advanceTimersByTime(1)
  expect(parcels).toEqual([[alert('x', 'active'), alert('x', 'normal')]])
})

test('closing delivers what waits, and nothing after it', () => {
  const { parcels, tell, close } = courier()
  tell([slot('A', 1)])
  close()
  close()
  tell([slot('A', 2)])
  vi.advanceTimersByTime(100)
  expect(parcels).toEqual([[slot('A', 1)]])
})
