import { type Alert, type AlertReport, iso } from '../../shared/api.ts'
import { areaOf } from '../../shared/area-of.ts'
import type { OperatorArea } from '../../shared/operator-area.ts'

/** What one person can take in at most: EEMUA 191 and ISA-18.2 count alarms for each 10 minutes, and call 10 a flood. */
const periodMs = 600_000
const floodFrom = 10
const chatterWithinMs = 60_000
const chatterFrom = 3
const standingFromMs = 86_400_000
const offendersShown = 10
const mostShown = 100

/** Rows that one report is made from, at most; a site with more in its range is asked for a shorter one. */
export const mostReported = 10_000

/** An alert, as far as the report goes by it. */
export type Raised = Pick<
  Alert,
  'rule' | 'subject' | 'name' | 'zone' | 'severity' | 'raisedAt' | 'rangAt' | 'acknowledgedAt' | 'isPast'
>

/** It began to ring, for the first time or again. */
export interface Ring extends Pick<Alert, 'rule' | 'subject' | 'name' | 'zone'> {
  readonly at: number
}

export interface Reported {
  readonly fromMs: number
  /** Exclusive. */
  readonly toMs: number
  /** Those with `raisedAt` within the range. */
  readonly raised: readonly Raised[]
  /** Those within the range, from `ringsFromMs` on: older ones are no longer kept. */
  readonly rings: readonly Ring[]
  readonly ringsFromMs: number
  /** Those of the site that are not over now. */
  readonly open: readonly Alert[]
  /** Operator areas of the site, where it has any. */
  readonly areas?: readonly OperatorArea[] | undefined
  /** Only what this area, or this zone that is in none, answers for. */
  readonly area?: string | undefined
}

/** How alerts of a site performed in a range, after ISA-18.2 clause 16 and EEMUA 191. */
export function reportOf({ fromMs, toMs, ringsFromMs, areas, area, ...all }: Reported): AlertReport {
  const isAsked = ({ zone }: Pick<Alert, 'zone'>) => area === undefined || areaOf(areas, zone) === area
  const [raised, rings, open] = [all.raised.filter(isAsked), all.rings.filter(isAsked), all.open.filter(isAsked)]
  const present = raised.filter(({ isPast }) => isPast !== true)
  const rang = present.filter(({ rangAt }) => rangAt !== null)
  return {
    from: iso(fromMs),
    to: iso(toMs),
    raised: present.length,
    bySeverity: [1, 2, 3, 4].map((severity) => ({
      severity,
      raised: present.filter((alert) => alert.severity === severity).length,
    })),
    silent: present.length - rang.length,
    past: raised.length - present.length,
    rate: rateOf(rang, fromMs, toMs),
    areas: areasOf(present, areas, fromMs, toMs),
    acknowledged: acknowledgedOf(rang),
    offenders: offendersOf(present),
    chattering: { from: iso(Math.max(fromMs, ringsFromMs)), ...chatteringOf(rings) },
    standing: standingOf(open, toMs),
  }
}

/** What each operator area had to answer, the busiest first. */
function areasOf(
  present: readonly Raised[],
  areas: readonly OperatorArea[] | undefined,
  fromMs: number,
  toMs: number,
): AlertReport['areas'] {
  return [...Map.groupBy(present, ({ zone }) => areaOf(areas, zone))]
    .map(([area, alerts]) => {
      const rang = alerts.filter(({ rangAt }) => rangAt !== null)
      const { mean, max, floodPeriods, floodShare } = rateOf(rang, fromMs, toMs)
      return { area, raised: alerts.length, mean, max, floodPeriods, floodShare }
    })
    .sort((a, b) => b.raised - a.raised || ((a.area ?? '') < (b.area ?? '') ? -1 : 1))
}

/** By periods of the clock, so that a flood begins at the same instant whatever range is asked for. */
function rateOf(rang: readonly Raised[], fromMs: number, toMs: number): AlertReport['rate'] {
  const counts = new Map<number, number>()
  for (const { raisedAt } of rang) {
    const begin = periodOf(Date.parse(raisedAt))
    counts.set(begin, (counts.get(begin) ?? 0) + 1)
  }
  const periods = (periodOf(toMs - 1) - periodOf(fromMs)) / periodMs + 1
  const floods = [...counts].filter(([, count]) => count >= floodFrom).sort(([a], [b]) => a - b)
  return {
    mean: (rang.length * periodMs) / (toMs - fromMs),
    max: Math.max(0, ...counts.values()),
    periods,
    floodPeriods: floods.length,
    floodShare: floods.length / periods,
    floods: floods.slice(0, mostShown).map(([at, count]) => ({ at: iso(at), raised: count })),
  }
}

function periodOf(at: number): number {
  return Math.floor(at / periodMs) * periodMs
}

function acknowledgedOf(rang: readonly Raised[]): AlertReport['acknowledged'] {
  const afterMs = rang
    .flatMap(({ rangAt, acknowledgedAt }) =>
      rangAt === null || acknowledgedAt === null ? [] : [Date.parse(acknowledgedAt) - Date.parse(rangAt)],
    )
    // A gateway whose clock is ahead rings in the future.
    .map((ms) => Math.max(0, ms))
    .sort((a, b) => a - b)
  return {
    count: afterMs.length,
    never: rang.length - afterMs.length,
    medianMs: percentile(afterMs, 0.5),
    p90Ms: percentile(afterMs, 0.9),
  }
}

/** Nearest rank: the least value that at least `share` of all do not exceed. null: of nothing. */
export function percentile(ascending: readonly number[], share: number): number | null {
  return ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)] ?? null
}

function offendersOf(present: readonly Raised[]): AlertReport['offenders'] {
  return bySource(present)
    .map((alerts) => ({ ...sourceOf(alerts), raised: alerts.length, share: alerts.length / present.length }))
    .sort((a, b) => b.raised - a.raised || inOrder(a, b))
    .slice(0, offendersShown)
}

function chatteringOf(rings: readonly Ring[]): Omit<AlertReport['chattering'], 'from'> {
  const found = bySource(rings)
    .map((all) => ({ ...sourceOf(all), rings: all.length, ...densest(all.map(({ at }) => at).sort((a, b) => a - b)) }))
    .filter(({ withinMinute }) => withinMinute >= chatterFrom)
    .sort((a, b) => b.withinMinute - a.withinMinute || b.rings - a.rings || inOrder(a, b))
  return { count: found.length, items: found.slice(0, mostShown) }
}

/** The most of these instants that lie within one minute (both ends count), and where the first such minute begins. */
function densest(ascending: readonly number[]): { readonly withinMinute: number; readonly at: string } {
  let best = { withinMinute: 0, from: 0 }
  let first = 0
  for (const [last, at] of ascending.entries()) {
    while (at - (ascending[first] ?? at) > chatterWithinMs) first += 1
    const withinMinute = last - first + 1
    if (withinMinute > best.withinMinute) best = { withinMinute, from: ascending[first] ?? at }
  }
  return { withinMinute: best.withinMinute, at: iso(best.from) }
}

function standingOf(open: readonly Alert[], toMs: number): AlertReport['standing'] {
  const standing = open
    .filter(({ raisedAt }) => toMs - Date.parse(raisedAt) > standingFromMs)
    .sort((a, b) => (a.raisedAt + a.id < b.raisedAt + b.id ? -1 : 1))
  return { count: standing.length, items: standing.slice(0, mostShown) }
}

type Source = Pick<Alert, 'rule' | 'subject' | 'name'>

function bySource<T extends Source>(all: readonly T[]): readonly (readonly T[])[] {
  return [...Map.groupBy(all, ({ rule, subject }) => `${rule}\n${subject}`).values()]
}

/** Named as it was last. */
function sourceOf(all: readonly Source[]): Source {
  const { rule, subject, name } = all.at(-1) ?? { rule: '', subject: '', name: '' }
  return { rule, subject, name }
}

function inOrder(a: Source, b: Source): number {
  return a.rule + a.subject < b.rule + b.subject ? -1 : 1
}
