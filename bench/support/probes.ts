import { io, type Socket } from 'socket.io-client'
import { type BoardDelta, slotStates, type WatchReply } from '../../shared/board.ts'
import type { ReadPoint, SiteMap, Slot } from '../../shared/site-map.ts'
import type { ReaderDevice } from '../../simulators/devices/device.ts'
import { openR700 } from '../../simulators/devices/impinj-r700.ts'
import { readerStatusMs } from '../../simulators/gateway-sources.ts'
import { sgtin96 } from '../../simulators/world/sgtin.ts'

/** One tag that was read for the second time, and so is in stock, in a slot. */
export interface Move {
  readonly slot: string
  /** Just before the reader published the second read: Unix ms, for other processes, and on our own monotonic clock. */
  readonly at: number
  readonly atMs: number
  /** Until the last board client had it; undefined = not yet. */
  seenAfterMs: number | undefined
}

/**
 * Tags that come into slots, each under an antenna of a simulated R700. A single read puts nothing into stock, so each
 * tag is read twice, the second time when the gateway's window is over and the first one long told: what is measured
 * begins with the read that completes the evidence. Nothing else ever changes these slots.
 */
export interface Probes {
  readonly moves: readonly Move[]
  /** Brings tags into the slots in turn until `signal` aborts, at irregular times; resolves when boards have seen all of it. */
  walk(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** The second read comes only after the gateway's window is over: before, it would be merged into the first. */
const betweenReadsMs = 2_500
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
  const awaited = new Map<string, { readonly move: Move; readonly items: number }>()
  const held = new Map<string, number>()
  function onDelta({ slots }: BoardDelta): void {
    const atMs = performance.now()
    for (const [row, place] of (slots?.slot ?? []).entries()) {
      const slot = slotIds[place] ?? ''
      const items = slots?.items[row] ?? 0
      held.set(slot, items)
      const waiting = awaited.get(slot)
      if (waiting === undefined || slots?.state[row] !== occupied || items < waiting.items) continue
      waiting.move.seenAfterMs = atMs - waiting.move.atMs
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
  let turn = 0

  /** The turns go over all slots, so one is left alone for long enough to see what came of it. */
  async function bring(serial: number): Promise<void> {
    const probe = serial % probes
    const side = Math.floor(serial / probes) & 1
    const slot = slotOf(probe, side)
    const epc = sgtin96(companyPrefix, 900, serial + 1)
    const read = () => {
      const reader = readers.get(readerOf(probe))
      reader?.see([{ at: Date.now(), antenna: antennaOf(probe, side), epc, rssiDbm: -55 }])
    }
    read()
    await pause(betweenReadsMs)
    const made: Move = { slot, at: Date.now(), atMs: performance.now(), seenAfterMs: undefined }
    moves.push(made)
    awaited.set(slot, { move: made, items: (held.get(slot) ?? 0) + 1 })
    read()
  }

  return {
    moves,
    async walk(signal) {
      if ((2 * probes * 1000) / movesPerSecond < betweenReadsMs) throw new Error('too few probes for so many moves')
      const begun: Promise<void>[] = []
      for (; !signal.aborted; turn += 1) {
        begun.push(bring(turn))
        await pause(((0.5 + Math.random()) * 1000) / movesPerSecond)
      }
      await Promise.all(begun)
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
  // The map is in the journal when it is published; boards know of its site a moment later.
  const giveUpAt = performance.now() + 5000
  for (;;) {
    const reply: WatchReply = await socket.timeout(5000).emitWithAck('watch', { site })
    if (reply.ok) return socket
    if (performance.now() > giveUpAt) throw new Error(reply.problem)
    await pause(50)
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Of the moves that were seen; NaN when there are none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
