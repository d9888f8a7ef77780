import { expect, test } from 'vitest'
import { alertKeys, inboxOf } from '../../../cloud/board/core/alert-inbox.ts'
import { isOpen } from '../../../cloud/board/core/alert-order.ts'
import { someAlert } from '../../support/warehouse.ts'

test('what is kept quiet has its own list, in the same order, and none is in both or in neither', () => {
  const alerts = [
    someAlert('a', 'harbour'),
    someAlert('b', 'harbour', { silence: 'shelved' }),
    someAlert('c', 'harbour', { state: 'acknowledged' }),
    someAlert('d', 'harbour', { silence: 'suppressed' }),
    someAlert('e', 'harbour', { silence: 'out-of-service' }),
  ]
  const { open, quiet } = inboxOf(alerts)
  expect(open.map(({ id }) => id)).toEqual(['a', 'c'])
  expect(quiet.map(({ id }) => id)).toEqual(['b', 'd', 'e'])
})

test('one number: the way to the inbox, its first list and the floor count the same alerts', () => {
  const alerts = [
    someAlert('a', 'harbour'),
    someAlert('b', 'harbour', { silence: 'shelved' }),
    someAlert('c', 'harbour', { state: 'acknowledged' }),
    // It went before anybody saw it: somebody has yet to see it.
    someAlert('d', 'harbour', { state: 'cleared', clearedAt: '2026-01-01T00:00:00.000Z' }),
    someAlert('e', 'harbour', { state: 'normal', clearedAt: '2026-01-01T00:00:00.000Z' }),
  ]
  expect(alerts.filter(isOpen).map(({ id }) => id)).toEqual(['a', 'c', 'd'])
  expect(inboxOf(alerts.filter(({ state }) => state !== 'normal')).open).toEqual(alerts.filter(isOpen))
})

test('no key of the inbox is one that opens a page or zooms', () => {
  for (const key of Object.keys(alertKeys)) expect(['g', 't', '?', '/', '0', '+', '-']).not.toContain(key)
})
