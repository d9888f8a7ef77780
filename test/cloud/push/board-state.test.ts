import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { noChanges, note } from '../../../cloud/push/board-changes.ts'
import { advance, type BoardState, emptyBoard, snapshotOf } from '../../../cloud/push/board-state.ts'
import type { Fact } from '../../../cloud/push/fact.ts'
import { narrow } from '../../../cloud/push/narrow.ts'
import type { BoardDelta, BoardSnapshot } from '../../../shared/board.ts'
import { applyDelta } from '../../support/board-client.ts'
import { smallMap, someAlert, someGateway } from '../../support/warehouse.ts'

const site = 'harbour'

function tell(board: BoardState, ...facts: Fact[]): BoardDelta | undefined {
  const changes = noChanges()
  for (const fact of facts) note(changes, fact)
  return advance(board, changes)
}
function boardWithMap(): BoardState {
  const board = emptyBoard(site, 1000)
  tell(board, { type: 'map', map: smallMap(site) })
  return board
}
const slot = (slot: string, items: number, asOf: number): Fact => ({
  type: 'slot',
  site,
  slot,
  state: items > 0 ? 'occupied' : 'empty',
  items,
  asOf,
})
const sensor = (name: string, temperature: number, at: number): Fact => ({
  type: 'sensor',
  site,
  now: { sensor: name, at, values: { temperature }, outside: [] },
})
/** Order of rows means nothing, and `now` is not part of the state. */
function meaning(snapshot: BoardSnapshot | undefined) {
  const by = (key: string) => (a: object, b: object) =>
    String(Reflect.get(a, key)).localeCompare(String(Reflect.get(b, key)))
  return (
    snapshot && {
      ...snapshot,
      now: 0,
      sensors: snapshot.sensors.toSorted(by('sensor')),
      alerts: snapshot.alerts.toSorted(by('id')),
      gateways: snapshot.gateways.toSorted(by('gateway')),
    }
  )
}

describe('a board', () => {
  test('has no snapshot before it has a map', () => {
    const board = emptyBoard(site, 1000)
    tell(board, slot('A1', 1, 5))
    expect(snapshotOf(board, 0)).toBeUndefined()
  })

  test('keeps what was counted last of the traffic and of the doubts, whoever tells first', () => {
    const traffic = { itemsOnSite: 5, arrivedToday: 1, departedToday: 0, movedToday: 0, tagReadsPerSecond: 0 }
    const doubts = { misplaced: 2, uncertain: 3 }
    const board = boardWithMap()
    expect(snapshotOf(board, 0)?.counters).toMatchObject({ misplaced: null, uncertain: null })
    expect(tell(board, { type: 'doubts', site, doubts })?.counters).toMatchObject({ itemsOnSite: 0, ...doubts })
    expect(tell(board, { type: 'counters', site, counters: traffic })?.counters).toEqual({ ...traffic, ...doubts })
    expect(tell(board, { type: 'doubts', site, doubts })).toBeUndefined()
  })

  test('shows slots in the order of the map, and those never seen as empty since never', () => {
    const board = boardWithMap()
    tell(board, slot('B1', 3, 50))
    expect(snapshotOf(board, 77)).toMatchObject({
      revision: 1002,
      asOf: 50,
      now: 77,
      slots: { slot: [0, 1, 2, 3], state: [0, 0, 1, 0], items: [0, 0, 3, 0], asOf: [0, 0, 50, 0] },
    })
  })

  test('tells only what is different, latest wins', () => {
    const board = boardWithMap()
    expect(tell(board, slot('A2', 1, 10), slot('A2', 2, 20))).toEqual({
      site,
      from: 1001,
      to: 1002,
      asOf: 20,
      slots: { slot: [1], state: [1], items: [2], asOf: [20] },
    })
    expect(tell(board, slot('A2', 2, 20))).toBeUndefined()
    expect(board.revision).toBe(1002)
  })

  test('ignores slots that are not on the map', () => {
    expect(tell(boardWithMap(), slot('Z9', 1, 10))).toBeUndefined()
  })

  test('drops an alert that is over, and says so once', () => {
    const board = boardWithMap()
    tell(board, { type: 'alert', alert: someAlert('a', site) })
    expect(snapshotOf(board, 0)?.alerts).toHaveLength(1)
    const over: Fact = { type: 'alert', alert: someAlert('a', site, { state: 'normal' }) }
    expect(tell(board, over)?.alerts).toHaveLength(1)
    expect(snapshotOf(board, 0)?.alerts).toEqual([])
    expect(tell(board, over)).toBeUndefined()
  })

  test('names a new map and keeps what is known of slots that stay', () => {
    const board = boardWithMap()
    tell(board, slot('A1', 4, 10), slot('B2', 5, 11))
    const map = smallMap(site, 2)
    const next = { ...map, slots: map.slots.filter(({ id }) => id !== 'A1') }
    expect(tell(board, { type: 'map', map: next })).toMatchObject({ mapVersion: 2 })
    expect(snapshotOf(board, 0)?.slots.items).toEqual([0, 0, 5])
    expect(tell(board, { type: 'map', map: next })).toBeUndefined()
    expect(tell(board, { type: 'map', map: smallMap(site, 2) })).toBeUndefined()
    expect(tell(board, { type: 'map', map: smallMap(site, 1) })).toBeUndefined()
    expect(snapshotOf(board, 0)?.slots.items).toEqual([0, 0, 5])
  })

  test('moves no picture for flow alone', () => {
    expect(tell(boardWithMap(), { type: 'flow', site, newestAt: 99, recordedAt: 100 })).toBeUndefined()
  })
})

describe('narrowing to zones', () => {
  test('leaves what is elsewhere, keeps revisions, gateways and counters', () => {
    const board = boardWithMap()
    const delta = tell(
      board,
      slot('A1', 1, 1),
      slot('B1', 2, 2),
      sensor('t1', 3, 3),
      sensor('t2', 4, 4),
      { type: 'alert', alert: someAlert('in A', site) },
      { type: 'alert', alert: someAlert('in B', site, { zone: 'B' }) },
      { type: 'alert', alert: someAlert('anywhere', site, { zone: null }) },
      { type: 'gateway', state: someGateway('gw1', site) },
    )
    const part = delta && narrow(delta, smallMap(site), new Set(['B']))
    expect(part).toMatchObject({ from: delta?.from, to: delta?.to, gateways: [{ gateway: 'gw1' }] })
    expect(part?.slots).toEqual({ slot: [2], state: [1], items: [2], asOf: [2] })
    expect(part?.sensors?.map((now) => now.sensor)).toEqual(['t2'])
    expect(part?.alerts?.map((alert) => alert.id)).toEqual(['in B', 'anywhere'])
  })
})

const anyFact: fc.Arbitrary<Fact> = fc.oneof(
  fc
    .tuple(fc.constantFrom('A1', 'A2', 'B1', 'B2', 'gone'), fc.nat(3), fc.nat(9))
    .map(([id, items, asOf]) => slot(id, items, asOf)),
  fc.tuple(fc.constantFrom('t1', 't2'), fc.nat(3), fc.nat(9)).map(([id, value, at]) => sensor(id, value, at)),
  fc
    .tuple(fc.constantFrom('a', 'b'), fc.constantFrom('active', 'acknowledged', 'cleared', 'normal'))
    .map(([id, state]) => ({ type: 'alert', alert: someAlert(id, site, { state }) }) as const),
  fc
    .tuple(fc.constantFrom('gw1', 'gw2'), fc.nat(2))
    .map(([id, backlog]) => ({ type: 'gateway', state: someGateway(id, site, { backlog }) }) as const),
  fc.nat(2).map(
    (itemsOnSite) =>
      ({
        type: 'counters',
        site,
        counters: { itemsOnSite, arrivedToday: 0, departedToday: 0, movedToday: 0, tagReadsPerSecond: 0 },
      }) as const,
  ),
  fc.nat(2).map((uncertain) => ({ type: 'doubts', site, doubts: { misplaced: null, uncertain } }) as const),
  fc.nat(9).map((newestAt) => ({ type: 'flow', site, newestAt, recordedAt: newestAt }) as const),
)

describe('whatever is told', () => {
  test('deltas applied to the snapshot at r give the snapshot at s', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyFact, { maxLength: 6 }), { maxLength: 12 }), fc.nat(12), (commits, join) => {
        const board = boardWithMap()
        let client: BoardSnapshot | undefined
        for (const [index, facts] of commits.entries()) {
          if (index === Math.min(join, commits.length - 1)) client = snapshotOf(board, 0)
          const delta = tell(board, ...facts)
          if (client !== undefined && delta !== undefined) {
            expect(delta.from).toBe(client.revision)
            client = applyDelta(client, delta)
          }
        }
        if (client !== undefined) expect(meaning(client)).toEqual(meaning(snapshotOf(board, 0)))
      }),
    )
  })

  test('how facts are cut into deltas does not matter for where a board ends', () => {
    fc.assert(
      fc.property(fc.array(anyFact, { maxLength: 30 }), (facts) => {
        const one = boardWithMap()
        tell(one, ...facts)
        const many = boardWithMap()
        for (const fact of facts) tell(many, fact)
        const strip = (board: BoardState) => ({ ...meaning(snapshotOf(board, 0)), revision: 0, asOf: 0 })
        expect(strip(one)).toEqual(strip(many))
      }),
    )
  })
})
