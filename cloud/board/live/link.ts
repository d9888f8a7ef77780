import { io } from 'socket.io-client'
import type {
  BoardAlert,
  BoardDelta,
  BoardHeartbeat,
  BoardReads,
  ListenReply,
  ReaderName,
  WatchReply,
} from '../../../shared/board.ts'
import { type PackedMap, type PackedSnapshot, unpackMap, unpackSnapshot } from '../../../shared/board-packed.ts'
import type { SiteMap } from '../../../shared/site-map.ts'
import { applyDelta, type Board, boardFrom, heartbeatShowsLoss } from '../core/board.ts'
import { type LinkFacts, reconnectDelayMs } from '../core/liveness.ts'
import { type Answer, ask, type Refusal } from './ask.ts'

export interface LinkEnvironment {
  /** Never jumps; the same clock as in `LinkFacts`. */
  readonly clock: () => number
  /** In [0, 1). */
  readonly random: () => number
}

export interface LinkListener {
  board(board: Board): void
  facts(facts: LinkFacts & { readonly attempt: number }): void
  serverTime(now: number): void
  heartbeat(heartbeat: BoardHeartbeat): void
  alert(alert: BoardAlert): void
  reads(reads: BoardReads): void
  /** Whether the readers that are listened to are told; else why not. */
  listening(reply: ListenReply): void
  /** The server answers, and will not give this site. */
  refused(refusal: Refusal): void
}

export interface Link {
  /** The tags of these readers from now on, over every reconnection; none: no more. */
  listen(readers: readonly ReaderName[]): void
  close(): void
}

/** Deltas held while a snapshot is on its way. Past it the oldest go, and the snapshot is simply taken again. */
const heldDeltas = 600
const watchPatienceMs = 5_000
const connectPatienceMs = 4_000

/**
 * Keeps one site's board in step: watch first and hold the deltas, then take the snapshot, then apply what is newer.
 * Lost connections are taken up again for ever, with full jitter and without a reload; every reconnection takes a new
 * snapshot. Closing twice is harmless.
 */
export function openLink(site: string, environment: LinkEnvironment, listener: LinkListener): Link {
  const closing = new AbortController()
  const socket = io('/live', {
    transports: ['websocket'],
    autoConnect: false,
    reconnection: false,
    timeout: connectPatienceMs,
    forceNew: true,
  })
  let board: Board | null = null
  let facts: LinkFacts & { readonly attempt: number } = {
    connected: false,
    inStep: false,
    heardAt: null,
    troubleSince: environment.clock(),
    attempt: 0,
  }
  /** `null` = in step, nothing held. */
  let held: BoardDelta[] | null = null
  let overflowed = false
  let beatBefore: { revision: number; mine: number } | null = null
  let readers: readonly ReaderName[] = []
  /** The server knows which site is watched, without which nobody is listened to. */
  let isWatching = false
  /** Counts synchronisations, so that an overtaken one ends without effect. */
  let generation = 0

  const tell = (change: Partial<typeof facts>) => {
    facts = { ...facts, ...change }
    listener.facts(facts)
  }
  const heard = () => tell({ heardAt: environment.clock() })
  const later = (ms: number, act: () => void) => {
    const timer = setTimeout(act, ms)
    closing.signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
  }

  const outOfStep = (connected: boolean) => {
    generation++
    beatBefore = null
    tell({ connected, inStep: false, troubleSince: facts.troubleSince ?? environment.clock() })
  }

  const synchronise = async () => {
    outOfStep(socket.connected)
    const mine = generation
    held = []
    overflowed = false
    for (let attempt = 0; ; attempt++) {
      const done = await takeSnapshot(mine)
      if (done || mine !== generation || closing.signal.aborted) return
      await new Promise<void>((resolve) => later(reconnectDelayMs(attempt, environment.random()), resolve))
    }
  }

  const takeSnapshot = async (mine: number): Promise<boolean> => {
    const answer = await askBoard()
    if (mine !== generation || closing.signal.aborted) return true
    if (!answer.ok) {
      if ([401, 403, 404].includes(answer.status)) listener.refused(answer)
      return false
    }
    listener.serverTime(answer.value.packed.now)
    const snapshot = unpackSnapshot(answer.value.packed, answer.value.map)
    let fresh = snapshot === null ? null : boardFrom(snapshot)
    if (fresh === null) return false
    for (const delta of held ?? []) {
      const outcome = applyDelta(fresh, delta)
      if (outcome.kind === 'resync') return false
      if (outcome.kind === 'applied') fresh = outcome.board
    }
    if (overflowed) {
      overflowed = false
      held = []
      return false
    }
    board = fresh
    held = null
    listener.board(fresh)
    const inStep = socket.connected
    tell({
      heardAt: environment.clock(),
      inStep,
      troubleSince: inStep ? null : facts.troubleSince,
      attempt: inStep ? 0 : facts.attempt,
    })
    return true
  }

  /** The map is asked for only when it is another one than the board has. */
  const askBoard = async (): Promise<Answer<{ packed: PackedSnapshot; map: SiteMap }>> => {
    const path = `/sites/${encodeURIComponent(site)}/board`
    const askMap = () => ask<PackedMap>(`${path}/map`, { signal: closing.signal })
    const known = board?.map
    const [answer, first] = await Promise.all([
      ask<PackedSnapshot>(`${path}/snapshot`, { signal: closing.signal }),
      known === undefined ? askMap() : null,
    ])
    if (!answer.ok) return answer
    const packed = answer.value
    if (known?.version === packed.mapVersion) return { ok: true, value: { packed, map: known } }
    const map = first ?? (await askMap())
    return map.ok ? { ok: true, value: { packed, map: unpackMap(map.value) } } : map
  }

  const sayReaders = async () => {
    const asked = readers
    try {
      const reply: ListenReply = await socket.timeout(watchPatienceMs).emitWithAck('listen', { site, readers: asked })
      if (asked === readers && !closing.signal.aborted) listener.listening(reply)
    } catch {
      // The link broke, or hangs and will be found to: it is said again at the next.
    }
  }

  const reconnect = () => {
    if (closing.signal.aborted) return
    const { attempt } = facts
    tell({ attempt: attempt + 1 })
    later(reconnectDelayMs(attempt, environment.random()), () => socket.connect())
  }

  socket.on('connect', async () => {
    const mine = ++generation
    tell({ connected: true })
    held = []
    let reply: WatchReply
    try {
      reply = await socket.timeout(watchPatienceMs).emitWithAck('watch', { site })
    } catch {
      if (mine === generation) socket.disconnect()
      return
    }
    if (mine !== generation) return
    if (!reply.ok) {
      listener.refused({ ok: false, status: 403, code: 'not-allowed', detail: reply.problem })
      socket.disconnect()
      return
    }
    heard()
    isWatching = true
    if (readers.length > 0) void sayReaders()
    void synchronise()
  })
  socket.on('disconnect', () => {
    isWatching = false
    outOfStep(false)
    reconnect()
  })
  socket.on('connect_error', () => {
    tell({ connected: false })
    // No live link, and perhaps there never will be one on this network: the last picture, said to be one, beats none.
    if (board === null && facts.attempt === 0) void synchronise()
    // A socket is refused without a reason; whether the session has ended is asked the other way, now and then.
    if (facts.attempt % 4 === 1) {
      void ask('/session', { signal: closing.signal }).then((answer) => {
        if (!answer.ok && answer.status === 401 && !closing.signal.aborted) listener.refused(answer)
      })
    }
    reconnect()
  })
  socket.on('delta', (delta: BoardDelta) => {
    if (delta.site !== site) return
    if (held !== null) {
      held.push(delta)
      if (held.length > heldDeltas) {
        held.shift()
        overflowed = true
      }
    } else if (board !== null) {
      const outcome = applyDelta(board, delta)
      if (outcome.kind === 'resync') void synchronise()
      if (outcome.kind === 'applied') {
        board = outcome.board
        listener.board(board)
      }
    }
    heard()
  })
  socket.on('heartbeat', (beat: BoardHeartbeat) => {
    if (beat.site !== site) return
    listener.serverTime(beat.now)
    listener.heartbeat(beat)
    heard()
    if (board === null || held !== null) return
    const lost = heartbeatShowsLoss(board.revision, beat, beatBefore)
    beatBefore = { revision: beat.revision, mine: board.revision }
    if (lost) void synchronise()
  })
  socket.on('alert', (alert: BoardAlert) => {
    if (alert.site === site) listener.alert(alert)
  })
  socket.on('reads', (reads: BoardReads) => {
    if (reads.site === site) listener.reads(reads)
  })
  // The browser knows best when its network is back.
  addEventListener('online', () => socket.connect(), { signal: closing.signal })
  socket.connect()

  return {
    listen(wanted) {
      readers = wanted
      if (isWatching) void sayReaders()
    },
    close() {
      if (closing.signal.aborted) return
      closing.abort()
      generation++
      socket.removeAllListeners()
      socket.disconnect()
    },
  }
}
