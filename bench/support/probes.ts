import { io, type Socket } from 'socket.io-client'
import { type BoardDelta, slotStates, type WatchReply } from '../../shared/board.ts'
import type { ReadPoint, SiteMap, Slot } from '../../shared/site-map.ts'
import type { ReaderDevice } from '../../simulators/devices/device.ts'
import { openR700 } from '../../simulators/devices/impinj-r700.ts'
import { readerStatusMs } from '../../simulators/gateway-sources.ts'
import { sgtin96 } from '../../simulators/world/sgtin.ts'

/** One tag that was read at another slot than before, and so filled that slot. */
export interface Move {
  readonly slot: string
  /** Just before the reader published it: Unix ms, for other processes, and on our own monotonic clock. */
  readonly at: number
  readonly atMs: number
  /** Until the last board client had it; undefined = not yet. */
  seenAfterMs: number | undefined
}

/**
 * Tags that walk to and fro between two slots, each under antennas of a simulated R700. Every read of theirs changes
 * what boards show, and nothing else ever changes these slots.
 */
export interface Probes {
  readonly moves: readonly Move[]
  /** Moves the tags in turn until `signal` aborts, at irregular times; resolves when boards have seen all of it. */
  walk(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** A tag comes back to an antenna only after the gateway's window is over: before, the read would be merged. */
const longestWalk = 1_250
const companyPrefix = 9_506_000
const occupied = slotStates.indexOf('occupied')

const readerOf = (probe: number) => `probe-${probe >> 1}`
const antennaOf = (probe: number, side: number) => 1 + 2 * (probe & 1) + side
const slotOf = (probe: number, side: number) => `probe-${probe}-${'ab'[side] ?? ''}`

/** The map with the slots and read points of so many probes on it, at its edge. */
export function withProbes(map: SiteMap, gateway: string, probes: number): SiteMap {
  const zone = map.zones[0]?.id ?? ''
  const places = Array.from({ length: 2 * probes }, (_, index) => ({ probe: index >> 1, side: index & 1, x: index }))
  const slots = places.map(({ probe, side, x }): Slot => {
    return { id: slotOf(probe, side), zone, x, y: map.depth, width: 1, depth: 1, level: 0 }
  })
  const readPoints = places.map(({ probe, side, x }): ReadPoint => {
    const device = readerOf(probe)
    const id = `${device}.${antennaOf(probe, side)}`
    return { id, gateway, device, kind: 'slot', zone, slots: [slotOf(probe, side)], x: x + 0.5, y: map.depth + 0.5 }
  })
  return {
    ...map,
    depth: map.depth + 1,
    width: Math.max(map.width, 2 * probes),
    slots: [...map.slots, ...slots],
    readPoints: [...map.readPoints, ...readPoints],
  }
}

/**
 * Probes of `map`, and `clients` further board clients on the same site. Time is taken at the client that joined last:
 * it is served after all others.
 */
export async function openProbes(options: {
  readonly map: SiteMap
  readonly probes: number
  readonly movesPerSecond: number
  readonly clients: number
  readonly siteBrokerUrl: string
  readonly cloudUrl: string
  readonly token: string
}): Promise<Probes> {
  const { map, probes, movesPerSecond } = options
  const slotIds = map.slots.map(({ id }) => id)
  const moves: Move[] = []
  const awaited = new Map<string, Move>()
  function onDelta({ slots }: BoardDelta): void {
    const atMs = performance.now()
    for (const [row, place] of (slots?.slot ?? []).entries()) {
      const slot = slotIds[place] ?? ''
      const move = awaited.get(slot)
      if (move === undefined || slots?.state[row] !== occupied) continue
      move.seenAfterMs = atMs - move.atMs
      awaited.delete(slot)
    }
  }
  const sockets: Socket[] = []
  for (let client = 0; client < options.clients; client += 1) sockets.push(await watch(options, map.site, () => {}))
  sockets.push(await watch(options, map.site, onDelta))

  const readers = new Map<string, ReaderDevice>()
  for (let probe = 0; probe < probes; probe += 1) {
    const id = readerOf(probe)
    if (readers.has(id)) continue
    const topic = `impinj/${id}/tags`
    const url = options.siteBrokerUrl
    readers.set(id, await openR700({ id, url, topic, random: () => 1, statusEveryMs: readerStatusMs, now: Date.now }))
  }
  const walked = Array.from({ length: probes }, () => 0)
  let turn = 0

  function move(probe: number): void {
    const side = (walked[probe] ?? 0) & 1
    const slot = slotOf(probe, side)
    if (awaited.has(slotOf(probe, 1 - side))) return // the last step was not seen yet
    walked[probe] = side + 1
    const made: Move = { slot, at: Date.now(), atMs: performance.now(), seenAfterMs: undefined }
    moves.push(made)
    awaited.set(slot, made)
    const epc = sgtin96(companyPrefix, 900, probe + 1)
    readers.get(readerOf(probe))?.see([{ at: made.at, antenna: antennaOf(probe, side), epc, rssiDbm: -55 }])
  }

  return {
    moves,
    async walk(signal) {
      if ((probes / movesPerSecond) * 1000 < longestWalk) throw new Error('too few probes for so many moves')
      for (; !signal.aborted; turn += 1) {
        move(turn % probes)
        await pause(((0.5 + Math.random()) * 1000) / movesPerSecond)
      }
      for (let tries = 0; awaited.size > 0 && tries < 100; tries += 1) await pause(100)
      if (awaited.size > 0) throw new Error(`${awaited.size} of ${moves.length} moves were never seen`)
    },
    async close() {
      for (const socket of sockets) socket.disconnect()
      await Promise.all([...readers.values()].map((reader) => reader.close()))
    },
  }
}

async function watch(
  { cloudUrl, token }: { readonly cloudUrl: string; readonly token: string },
  site: string,
  onDelta: (delta: BoardDelta) => void,
) {
  const socket = io(`${cloudUrl}/live`, {
    transports: ['websocket'],
    extraHeaders: { authorization: `Bearer ${token}` },
    forceNew: true,
  })
  socket.on('delta', onDelta)
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })
  const reply: WatchReply = await socket.timeout(5000).emitWithAck('watch', { site })
  if (!reply.ok) throw new Error(reply.problem)
  return socket
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Of the moves that were seen; NaN when there are none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
