import type { Unhealthy } from '../location/absence.ts'
import { defaultProfile } from '../location/profile.ts'
import type { ReaderHealth } from '../location/reader-health.ts'
import type { SiteState, TrackedReader } from './site-state.ts'

/** What a reader said of itself, or its gateway of it. Unix ms of event time. */
export type ReaderSign = readonly [at: number, state: ReaderHealth['state']]

/**
 * A gateway was not heard. What it had kept until it was back tells that it was at work: `coveredTo` is the newest
 * event time within that it has sent.
 */
export interface Outage {
  readonly from: number
  /** Infinity: it is still away. */
  to: number
  coveredTo: number
  /** When the last of what it had kept came. */
  lateAt: number
}

const signsKept = 64
const outagesKept = 32
/** A gateway that was away for less lost nothing that counts. */
const leastMs = defaultProfile.absentLeastMs

/** Notes what was said of a reader; in any order. */
export function noteSign(site: SiteState, reader: TrackedReader, at: number, state: ReaderHealth['state']): void {
  const { signs } = reader
  if (signs.some(([knownAt, known]) => knownAt === at && known === state)) return
  signs.push([at, state])
  signs.sort(bySign)
  if (signs.length > signsKept) signs.shift()
  site.healthRevision += 1
}

/** The gateway is away from `at` on. */
export function beginOutage(site: SiteState, gateway: string, at: number): void {
  const outages = site.outages.get(gateway) ?? []
  site.outages.set(gateway, outages)
  if (outages.at(-1)?.to === Number.POSITIVE_INFINITY) return
  outages.push({ from: at, to: Number.POSITIVE_INFINITY, coveredTo: at, lateAt: 0 })
  if (outages.length > outagesKept) outages.shift()
  site.healthRevision += 1
}

export function endOutage(site: SiteState, gateway: string, at: number): void {
  const last = site.outages.get(gateway)?.at(-1)
  if (last?.to !== Number.POSITIVE_INFINITY) return
  last.to = Math.max(last.from, at)
  site.healthRevision += 1
}

/**
 * What the gateway sent of `at` proves that it was at work then. Returns the outage of which nothing is left by that,
 * if there is one.
 */
export function coverOutage(
  site: SiteState,
  gateway: string,
  at: number,
  recordedAt: number,
  late: boolean,
): Outage | undefined {
  for (const outage of site.outages.get(gateway) ?? []) {
    if (at < outage.from || at > outage.to) continue
    const wasLeft = remains(outage)
    outage.coveredTo = Math.max(outage.coveredTo, at)
    if (late) outage.lateAt = Math.max(outage.lateAt, recordedAt)
    site.healthRevision += 1
    if (wasLeft && !remains(outage)) return outage
  }
  return undefined
}

/** When any of these readers could not be believed, in the order of the beginnings. */
export function troubleOf(site: SiteState, readers: ReadonlySet<TrackedReader>): readonly Unhealthy[] {
  const found: Unhealthy[] = []
  for (const { signs } of readers) {
    let from: number | undefined
    for (const [at, state] of signs) {
      if (state !== 'up') from ??= at
      else if (from !== undefined) {
        found.push({ from, to: at })
        from = undefined
      }
    }
    if (from !== undefined) found.push({ from, to: Number.POSITIVE_INFINITY })
  }
  for (const gateway of new Set([...readers].map((reader) => reader.gateway))) {
    for (const outage of site.outages.get(gateway) ?? []) {
      if (remains(outage)) found.push({ from: outage.coveredTo, to: Math.max(outage.to, outage.lateAt) })
    }
  }
  return found.sort((a, b) => a.from - b.from || a.to - b.to)
}

function remains({ to, coveredTo }: Outage): boolean {
  return to - coveredTo >= leastMs
}

/** At equal times the worse state is the last word. */
function bySign([a, was]: ReaderSign, [b, is]: ReaderSign): number {
  return a - b || severity(was) - severity(is)
}

function severity(state: ReaderHealth['state']): number {
  return state === 'up' ? 0 : state === 'silent' ? 1 : 2
}
