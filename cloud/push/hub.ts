import type { BoardAlert, BoardDelta, BoardHeartbeat, BoardSnapshot, BoardTrend } from '../../shared/board.ts'
import type { Clock } from '../../shared/clock.ts'
import type { SiteMap } from '../../shared/site-map.ts'
import { type BoardChanges, noChanges, note, siteOf } from './board-changes.ts'
import { advance, type BoardState, emptyBoard, snapshotOf } from './board-state.ts'
import { calmUntilMs, nobodyWaits, takeCalm, type Waiting } from './calm.ts'
import type { Fact, TellBoards } from './fact.ts'
import { noTrend, sampled, type Trend } from './trend.ts'

/** Where the hub's news goes. Called synchronously; must not throw. */
export interface Outlets {
  delta(delta: BoardDelta): void
  alert(alert: BoardAlert): void
  heartbeat(beat: BoardHeartbeat): void
}

export interface HubOptions {
  readonly clock: Clock
  /** At least this long between two deltas of a site: what comes in between is coalesced. */
  readonly intervalMs: number
  /** A first change after quiet waits this long, so that one commit's facts travel together. */
  readonly settleMs: number
  readonly heartbeatMs: number
}

/**
 * Holds every site's board in memory, coalesces facts into deltas, and beats. Memory is bounded by the sites
 * themselves: a fact replaces the one before it. Revisions begin at start time × 1000, so they go on rising over a
 * restart (a site makes at most ten a second).
 */
export interface Hub {
  tell: TellBoards
  /** Takes facts in at once, without waiting for the next delta: for the start, before boards connect. */
  seed(facts: readonly Fact[]): void
  snapshot(site: string): BoardSnapshot | undefined
  /** undefined: no such site. */
  trend(site: string): BoardTrend | undefined
  /** Revision that boards of the site should be at; undefined: no such site. */
  revision(site: string): number | undefined
  map(site: string): SiteMap | undefined
  knowsGateway(site: string, gateway: string): boolean
  close(): void
}

/** A lag is worth showing this long after the record it was measured on. */
const lagLivesMs = 10_000

interface Site {
  readonly board: BoardState
  changes: BoardChanges
  /** What of the changes may wait. */
  readonly waiting: Waiting
  timer: NodeJS.Timeout | undefined
  /** Monotonic time when the timer goes off. */
  dueAtMs: number
  /** Monotonic time of the last delta. */
  sentAtMs: number
  flow: { readonly lagMs: number; readonly measuredAtMs: number } | undefined
  trend: Trend
}

export function openHub(options: HubOptions, outlets: Outlets): Hub {
  const { clock } = options
  const firstRevision = clock.now() * 1000
  const sites = new Map<string, Site>()
  let closed = false

  function siteNamed(name: string): Site {
    let site = sites.get(name)
    if (site === undefined) {
      site = {
        board: emptyBoard(name, firstRevision),
        changes: noChanges(),
        waiting: nobodyWaits(),
        timer: undefined,
        dueAtMs: Number.POSITIVE_INFINITY,
        sentAtMs: Number.NEGATIVE_INFINITY,
        flow: undefined,
        trend: noTrend,
      }
      sites.set(name, site)
    }
    return site
  }

  function flush(site: Site): void {
    clearTimeout(site.timer)
    site.timer = undefined
    const { changes, waiting, board } = site
    site.changes = { ...noChanges(), ...takeCalm(board, changes, waiting, clock.monotonicMs()) }
    const delta = advance(board, changes)
    if (delta === undefined) site.changes.newestAt = changes.newestAt
    else {
      site.sentAtMs = clock.monotonicMs()
      outlets.delta(delta)
    }
    const calmUntil = calmUntilMs(waiting)
    if (calmUntil !== undefined) schedule(site, Math.max(calmUntil, site.sentAtMs + options.intervalMs))
  }

  /** A look at the site at `atMs` or sooner, if something else is due before. */
  function schedule(site: Site, atMs: number): void {
    if (site.timer !== undefined && site.dueAtMs <= atMs) return
    clearTimeout(site.timer)
    site.dueAtMs = atMs
    site.timer = setTimeout(() => flush(site), Math.max(0, atMs - clock.monotonicMs()))
  }

  function soon(site: Site): void {
    schedule(site, Math.max(clock.monotonicMs() + options.settleMs, site.sentAtMs + options.intervalMs))
  }

  function take(fact: Fact): { readonly site: Site; readonly draws: boolean } {
    const site = siteNamed(siteOf(fact))
    if (fact.type === 'flow') {
      site.flow = { lagMs: Math.max(0, clock.now() - fact.newestAt), measuredAtMs: clock.monotonicMs() }
    } else if (fact.type === 'alert' && calls(fact.alert)) {
      const known = site.changes.alerts.get(fact.alert.id) ?? site.board.alerts.get(fact.alert.id)
      if (known === undefined || !calls(known) || known.rangAt !== fact.alert.rangAt) outlets.alert(fact.alert)
    }
    return { site, draws: note(site.changes, fact) }
  }

  function beat(): void {
    for (const site of sites.values()) {
      const { flow, board } = site
      if (board.map !== undefined) {
        site.trend = sampled(site.trend, clock.now(), board.counters, board.sensors.values())
      }
      const fresh = flow !== undefined && clock.monotonicMs() - flow.measuredAtMs < lagLivesMs
      outlets.heartbeat({
        site: site.board.site,
        revision: site.board.revision,
        asOf: Math.max(site.board.asOf, site.changes.newestAt),
        now: clock.now(),
        lagMs: fresh ? flow.lagMs : null,
      })
    }
  }
  const heart = setInterval(beat, options.heartbeatMs)

  return {
    tell(facts) {
      if (closed) return
      for (const fact of facts) {
        const { site, draws } = take(fact)
        if (draws) soon(site)
      }
    },
    seed(facts) {
      const touched = new Set<Site>()
      for (const fact of facts) touched.add(take(fact).site)
      for (const site of touched) flush(site)
    },
    snapshot: (name) => {
      const site = sites.get(name)
      return site && snapshotOf(site.board, clock.now())
    },
    trend: (name) => {
      const site = sites.get(name)
      return site && { site: name, now: clock.now(), ...site.trend }
    },
    revision: (name) => sites.get(name)?.board.revision,
    map: (name) => sites.get(name)?.board.map,
    knowsGateway: (name, gateway) => sites.get(name)?.board.gateways.has(gateway) ?? false,
    close() {
      closed = true
      clearInterval(heart)
      for (const site of sites.values()) clearTimeout(site.timer)
    },
  }
}

/** Unacknowledged, and nothing keeps it quiet. */
function calls({ state, silence }: Pick<BoardAlert, 'state' | 'silence'>): boolean {
  return state === 'active' && silence === null
}
