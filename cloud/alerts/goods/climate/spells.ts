import type { ClimateRule } from '../../../../shared/rules/of-goods.ts'
import type { Level } from '../../../../shared/rules/watch.ts'
import { meanKineticCelsius } from '../../../series/summary.ts'
import { partMs, partsOver, type SensorLine } from './parts.ts'
import type { StoredPath, StoredStop } from './path.ts'

/** A time in which what an item had gone through was beyond the limit. Instants are Unix ms. */
export interface Spell {
  readonly from: number
  /** undefined: it lasts. */
  readonly to: number | undefined
  /** The worst of it: degree-minutes, minutes where the rule asks for time alone, or degrees of the mean. */
  readonly value: number
  /** Number of the stop where it got the most of it; null: not known. */
  readonly stop: number | null
}

/** What is known of an item where it is now. */
export interface Found {
  readonly spells: readonly Spell[]
  /** The temperature where it is, at the end of what was looked at. */
  readonly isKnown: boolean
}

/** Less than half of the time known: nothing is said of the mean, and nothing clears. */
const knownShare = 0.5

/**
 * What one item went through: for each part of time from the first whole window on, the window that ends with it. What
 * is unknown neither begins nor ends anything. `lines` have the same parts, three windows of them, and end with the present.
 */
export function spellsOf(
  rule: ClimateRule,
  path: StoredPath,
  lines: ReadonlyMap<string, SensorLine>,
  first: number,
  end: number,
): Found {
  const parts = strainOf(rule, path.stops, lines, first, end)
  const window = partsOver(rule)
  const total: Totals = { sum: 0, beyondMs: 0, knownMs: 0, hereMs: 0 }
  const spells: Spell[] = []
  let open: { from: number; value: number; part: number } | undefined
  for (let index = 0; index < end - first; index += 1) {
    add(total, parts, index, 1)
    if (index >= window) add(total, parts, index - window, -1)
    if (index < window - 1) continue
    const at = (first + index + 1) * partMs(rule)
    const since = path.counted?.since
    const value = amountOf(rule, total)
    if (index === window - 1 && since !== undefined && since <= at) open = { from: since, value, part: index }
    const level = isGone(path.stops, at) ? 'within' : levelOf(rule, total, (parts.knownMs[index] ?? 0) > 0)
    if (level === 'beyond') {
      open ??= { from: at, value, part: index }
      open.value = Math.max(open.value, value)
    } else if (level === 'within' && open !== undefined) {
      spells.push({
        from: open.from,
        to: at,
        value: tenths(open.value),
        stop: mainStop(path.stops, parts, open.part, window),
      })
      open = undefined
    }
  }
  const isKnown = (parts.knownMs.at(-1) ?? 0) > 0
  if (open !== undefined) {
    const stop = mainStop(path.stops, parts, open.part, window)
    spells.push({ from: open.from, to: undefined, value: tenths(open.value), stop })
  }
  return { spells, isKnown }
}

/** An item along its path, part by part. */
interface Strain {
  /** Amount times the milliseconds for which it is known. */
  readonly sum: Float64Array
  readonly beyondMs: Float64Array
  readonly knownMs: Float64Array
  /** On the site. */
  readonly hereMs: Float64Array
  /** What each stop gave to each part, for the name of the place. */
  readonly given: { readonly stop: number; readonly part: number; readonly amount: number }[]
}

function strainOf(
  rule: ClimateRule,
  stops: readonly StoredStop[],
  lines: ReadonlyMap<string, SensorLine>,
  first: number,
  end: number,
): Strain {
  const parts = end - first
  const none = () => new Float64Array(parts)
  const strain: Strain = { sum: none(), beyondMs: none(), knownMs: none(), hereMs: none(), given: [] }
  const ms = partMs(rule)
  for (const [index, stop] of stops.entries()) {
    if (stop.where !== 'here') continue
    const line = stop.sensor === null ? undefined : lines.get(stop.sensor)
    const from = Math.max(stop.at, first * ms)
    const to = Math.min(stops[index + 1]?.at ?? end * ms, end * ms)
    for (let part = Math.floor(from / ms) - first; part < parts && (first + part) * ms < to; part += 1) {
      const begin = (first + part) * ms
      const stayedMs = Math.min(to, begin + ms) - Math.max(from, begin)
      strain.hereMs[part] = (strain.hereMs[part] ?? 0) + stayedMs
      const amount = line?.amounts[part] ?? Number.NaN
      if (Number.isNaN(amount)) continue
      const share = line?.beyond[part] ?? 0
      strain.knownMs[part] = (strain.knownMs[part] ?? 0) + stayedMs
      strain.sum[part] = (strain.sum[part] ?? 0) + amount * stayedMs
      strain.beyondMs[part] = (strain.beyondMs[part] ?? 0) + share * stayedMs
      if (share > 0) strain.given.push({ stop: index, part, amount: amount * stayedMs })
    }
  }
  return strain
}

interface Totals {
  sum: number
  beyondMs: number
  knownMs: number
  hereMs: number
}

function add(total: Totals, parts: Strain, index: number, sign: 1 | -1): void {
  total.sum += sign * (parts.sum[index] ?? 0)
  total.beyondMs += sign * (parts.beyondMs[index] ?? 0)
  total.knownMs += sign * (parts.knownMs[index] ?? 0)
  total.hereMs += sign * (parts.hereMs[index] ?? 0)
}

function levelOf(rule: ClimateRule, total: Totals, isKnownNow: boolean): Level {
  const { beyondMs, knownMs, hereMs } = total
  // Nobody has seen it here for the whole window: it is given up.
  if (hereMs <= 0) return 'within'
  const mayClear = isKnownNow && knownMs >= hereMs * knownShare
  if (rule.type === 'goods-exposure') {
    const { degreeMinutes = Number.POSITIVE_INFINITY, longerThanMs = Number.POSITIVE_INFINITY } = rule
    // What was measured stays measured, however much more is unknown.
    if (degreeMinutesOf(total) > degreeMinutes || beyondMs > longerThanMs) return 'beyond'
    return mayClear ? 'within' : 'between'
  }
  const celsius = amountOf(rule, total)
  if (knownMs > 0 && celsius > rule.limit) return knownMs >= rule.overMs * knownShare ? 'beyond' : 'between'
  return mayClear && celsius <= rule.limit - rule.deadBand ? 'within' : 'between'
}

function amountOf(rule: ClimateRule, total: Totals): number {
  if (rule.type === 'goods-kinetic') return total.knownMs > 0 ? meanKineticCelsius(total.sum / total.knownMs) : 0
  return rule.degreeMinutes === undefined ? total.beyondMs / 60_000 : degreeMinutesOf(total)
}

function degreeMinutesOf({ sum }: Totals): number {
  return sum / 60_000
}

/** As people are told it. */
function tenths(value: number): number {
  return Math.round(value * 10) / 10
}

/** It has left, or is on another site, at an instant. What is lost may still be there. */
function isGone(stops: readonly StoredStop[], at: number): boolean {
  return stops.findLast((stop) => stop.at < at)?.where === 'away'
}

/**
 * The stop in whose place an item got the most of what it had at the end of `part`: of stops in one place the first, and so of
 * places with equally much.
 */
function mainStop(stops: readonly StoredStop[], { given }: Strain, part: number, window: number): number | null {
  const byPlace = new Map<string, { readonly stop: number; amount: number }>()
  for (const { stop, part: of, amount } of given) {
    const place = stops[stop]?.place ?? null
    if (place === null || of > part || of <= part - window) continue
    const known = byPlace.get(place)
    if (known === undefined) byPlace.set(place, { stop, amount })
    else known.amount += amount
  }
  const [main] = [...byPlace.values()].sort((a, b) => b.amount - a.amount || a.stop - b.stop)
  return main?.stop ?? null
}
