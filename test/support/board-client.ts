import { io, type Socket } from 'socket.io-client'
import type { BoardAlert, BoardDelta, BoardHeartbeat, BoardSnapshot, WatchReply } from '../../shared/board.ts'
import { type PackedMap, type PackedSnapshot, unpackMap, unpackSnapshot } from '../../shared/board-packed.ts'
import { patienceMs } from './until.ts'

export interface BoardClient {
  readonly socket: Socket
  /** What it would draw. */
  readonly board: BoardSnapshot | undefined
  readonly snapshotsTaken: number
  readonly deltas: readonly BoardDelta[]
  readonly alerts: readonly BoardAlert[]
  readonly heartbeats: readonly BoardHeartbeat[]
  /** Loses this many deltas on their way, as a bad network would. */
  lose(deltas: number): void
  close(): void
}

/**
 * A board without a screen: watches, takes the snapshot, applies deltas in turn; a gap in revisions, a heartbeat that
 * is ahead, or a reconnect makes it take the snapshot again.
 */
export function openBoard(url: string, headers: Readonly<Record<string, string>>, site: string): BoardClient {
  const socket = io(`${url}/live`, {
    transports: ['websocket'],
    extraHeaders: headers,
    forceNew: true,
    reconnectionDelay: 50,
    reconnectionDelayMax: 200,
  })
  let board: BoardSnapshot | undefined
  let fetching = false
  let meanwhile: BoardDelta[] = []
  let toLose = 0
  let snapshotsTaken = 0
  const deltas: BoardDelta[] = []
  const alerts: BoardAlert[] = []
  const heartbeats: BoardHeartbeat[] = []

  async function takeSnapshot(): Promise<void> {
    if (fetching) return
    fetching = true
    try {
      const [snapshot, map] = await Promise.all(
        ['snapshot', 'map'].map((part) => fetch(`${url}/api/v1/sites/${site}/board/${part}`, { headers })),
      )
      if (snapshot?.ok !== true || map?.ok !== true) return
      const packed = (await snapshot.json()) as PackedSnapshot
      board = unpackSnapshot(packed, unpackMap((await map.json()) as PackedMap)) ?? undefined
      snapshotsTaken++
    } catch {
      return // the server is away; the reconnect comes back here
    } finally {
      fetching = false
    }
    const waiting = meanwhile
    meanwhile = []
    for (const delta of waiting) take(delta)
  }

  function take(delta: BoardDelta): void {
    if (fetching || board === undefined) meanwhile.push(delta)
    else if (delta.to <= board.revision) return
    else if (delta.from > board.revision) void takeSnapshot()
    else board = applyDelta(board, delta)
  }

  socket.on('connect', async () => {
    const reply: WatchReply = await socket.timeout(patienceMs).emitWithAck('watch', { site })
    if (reply.ok) await takeSnapshot()
  })
  socket.on('delta', (delta: BoardDelta) => {
    if (toLose > 0) {
      toLose--
      return
    }
    deltas.push(delta)
    take(delta)
  })
  socket.on('alert', (alert: BoardAlert) => alerts.push(alert))
  socket.on('heartbeat', (beat: BoardHeartbeat) => {
    heartbeats.push(beat)
    if (board !== undefined && beat.revision > board.revision) void takeSnapshot()
  })
  return {
    socket,
    get board() {
      return board
    },
    get snapshotsTaken() {
      return snapshotsTaken
    },
    deltas,
    alerts,
    heartbeats,
    lose(count) {
      toLose = count
    },
    close: () => void socket.disconnect(),
  }
}

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
