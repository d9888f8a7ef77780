import type { ClimateRule } from '../../../../shared/rules/of-goods.ts'
import type { Conclusions } from '../../../inventory/conclusions.ts'
import type { AlertState } from '../../state.ts'
import { knownItem } from '../item.ts'
import { fits } from '../scope.ts'
import { addFound, type Groups, joined, judging } from './groups.ts'
import { partAt, partMs, partsOver, type SensorLine } from './parts.ts'
import { pathOf, type SensorsOfPlaces, type StoredPath, wayFrom } from './path.ts'

/** A path that so many items of one SKU and lot have in common. */
export interface Way {
  readonly path: StoredPath
  readonly items: number
}

/** More different ways are not tried: some 10 µs each for a day of parts, and all of them are held in memory at once. */
export const mostWays = 10_000
const itemsAtATime = 500
const waysAtATime = 20

/** What a trial looks at, in parts of the rule. */
export interface TriedParts {
  /** The first of the first window. */
  readonly first: number
  /** Exclusive. */
  readonly end: number
  /** The instant, Unix ms, from which on values count. */
  readonly valuesFromMs: number
}

/** The windows that end within a range, Unix ms. */
export function triedParts(rule: ClimateRule, fromMs: number, toMs: number): TriedParts {
  const first = partAt(rule, fromMs) - partsOver(rule) + 1
  return { first, end: partAt(rule, toMs), valuesFromMs: first * partMs(rule) - rule.holdMs }
}

/**
 * The ways that the goods of a rule went on its site, by what the ledger says now and the map in force, from `fromMs` on.
 * `too-many`: more than `mostWays`. `pause` lets others have the thread.
 */
export async function readWays(
  state: AlertState,
  conclusions: Conclusions,
  rule: ClimateRule,
  { fromMs, offset }: { readonly fromMs: number; readonly offset: number },
  pause: () => Promise<void>,
): Promise<readonly Way[] | 'too-many'> {
  const sensors: SensorsOfPlaces = state.sensorsOfPlaces.get(rule.site) ?? { slots: {}, zones: {} }
  const ways = new Map<string, { path: StoredPath; items: number }>()
  for (let number = 1; number <= conclusions.items; number += 1) {
    if (number % itemsAtATime === 0) await pause()
    const epc = conclusions.epcOf(number)
    if (epc === undefined) continue
    const item = knownItem(state, rule.site, epc)
    if (!fits(rule.goods, item)) continue
    const path = wayFrom(pathOf(conclusions, rule.site, item, sensors, { from: fromMs, offset }), fromMs)
    if (!path.stops.some(({ where }) => where === 'here')) continue
    const stops = path.stops.map((stop) => ({ ...stop, at: Math.max(stop.at, fromMs) }))
    const key = JSON.stringify([path.sku, path.lot, stops])
    const known = ways.get(key)
    if (known !== undefined) known.items += 1
    else if (ways.size === mostWays) return 'too-many'
    else ways.set(key, { path: { ...path, stops }, items: 1 })
  }
  return [...ways.values()]
}

/** Once that the rule would have raised its alert. Instants are Unix ms. */
export interface WouldHaveRung {
  readonly subject: string
  readonly raisedAt: number
  /** null: it would still stand at the end. */
  readonly clearedAt: number | null
  /** The worst of it. */
  readonly value: number
  readonly items: number
}

/** What a rule would have raised over recorded ways and values, by the very windows of the rule in force; in order of time. */
export async function rehearseGoods(
  rule: ClimateRule,
  ways: readonly Way[],
  lines: ReadonlyMap<string, SensorLine>,
  { first, end }: TriedParts,
  pause: () => Promise<void>,
): Promise<readonly WouldHaveRung[]> {
  const groups: Groups = new Map()
  const judged = judging(rule, lines, first, end)
  for (const [number, { path, items }] of ways.entries()) {
    if (number % waysAtATime === waysAtATime - 1) await pause()
    addFound(groups, path, judged(path), '', items)
  }
  const rung = [...groups].flatMap(([subject, { over, lasting }]) =>
    joined([...over, ...lasting]).map(({ from, to, value, items }) => {
      return { subject, raisedAt: from, clearedAt: Number.isFinite(to) ? to : null, value, items }
    }),
  )
  return rung.sort((a, b) => a.raisedAt - b.raisedAt || (a.subject < b.subject ? -1 : 1))
}
