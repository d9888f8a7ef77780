import type { BoardDelta, BoardSnapshot } from '../../shared/board.ts'

/** What a board does with a delta, written as plainly as the contract of shared/board.ts says it. */
export function applyDelta(snapshot: BoardSnapshot, delta: BoardDelta): BoardSnapshot {
  const slots = {
    slot: snapshot.slots.slot,
    state: [...snapshot.slots.state],
    items: [...snapshot.slots.items],
    asOf: [...snapshot.slots.asOf],
  }
  for (const [row, place] of (delta.slots?.slot ?? []).entries()) {
    slots.state[place] = delta.slots?.state[row] ?? 0
    slots.items[place] = delta.slots?.items[row] ?? 0
    slots.asOf[place] = delta.slots?.asOf[row] ?? 0
  }
  return {
    ...snapshot,
    revision: delta.to,
    asOf: delta.asOf,
    slots,
    sensors: latest(snapshot.sensors, delta.sensors, (now) => now.sensor),
    alerts: latest(snapshot.alerts, delta.alerts, (alert) => alert.id).filter(({ state }) => state !== 'normal'),
    gateways: latest(snapshot.gateways, delta.gateways, (gateway) => gateway.gateway),
    counters: delta.counters ?? snapshot.counters,
  }
}

function latest<T>(held: readonly T[], changed: readonly T[] | undefined, key: (row: T) => string): readonly T[] {
  const rows = new Map(held.map((row) => [key(row), row]))
  for (const row of changed ?? []) rows.set(key(row), row)
  return [...rows.values()]
}
