import type { Server as HttpServer } from 'node:http'
import type { BoardReads, BoardTrend } from '../../shared/board.ts'
import type { Clock } from '../../shared/clock.ts'
import type { Fact, TellBoards } from './fact.ts'
import { openHub } from './hub.ts'
import { type Admit, type LiveOptions, openLive } from './live.ts'
import { type Body, cachedMaps, cachedSnapshots } from './snapshot-body.ts'

export interface PushOptions extends Partial<LiveOptions> {
  readonly clock: Clock
  /** Between two deltas of a site. */
  readonly intervalMs?: number
  readonly settleMs?: number
  readonly heartbeatMs?: number
}

/** The boards' end of the street: what projections tell goes to every board that may see it. */
export interface Push {
  /** Never throws, never waits. */
  readonly tell: TellBoards
  /** The present truth, told before boards connect. */
  seed(facts: readonly Fact[]): void
  /** What a board begins with; undefined: no such site, or no map yet. */
  snapshot(site: string): Body | undefined
  /** The map that it belongs to. */
  map(site: string): Body | undefined
  /** The last two hours of its numbers; undefined: no such site. */
  trend(site: string): BoardTrend | undefined
  /** What readers that are listened to have read. Never throws, never waits. */
  reads(reads: readonly BoardReads[]): void
  /** Serves `/live` on this server. Once. */
  attach(server: HttpServer, admit: Admit): void
  /** Boards connected now. */
  readonly sockets: number
  /** How often a slow board was held back since the start. */
  readonly heldBack: number
  /** Ends all boards' connections; the HTTP server stays its owner's. Safe to call twice. */
  close(): void
}

export function openPush(options: PushOptions): Push {
  const { clock, intervalMs = 100, settleMs = 2, heartbeatMs = 2000 } = options
  const live = openLive(() => hub, {
    maxSockets: options.maxSockets ?? 4000,
    maxSocketsPerAddress: options.maxSocketsPerAddress ?? 2000,
    maxWaitingFrames: options.maxWaitingFrames ?? 16,
    maxReaders: options.maxReaders ?? 32,
    onListened: options.onListened ?? (() => {}),
  })
  const hub = openHub({ clock, intervalMs, settleMs, heartbeatMs }, live)
  return {
    tell: hub.tell,
    seed: hub.seed,
    snapshot: cachedSnapshots(hub, clock),
    map: cachedMaps(hub),
    trend: hub.trend,
    reads: live.reads,
    attach: live.attach,
    get sockets() {
      return live.sockets
    },
    get heldBack() {
      return live.heldBack
    },
    close() {
      hub.close()
      live.close()
    },
  }
}
