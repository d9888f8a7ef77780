import type { ClimateRule } from '../../../../shared/rules/of-goods.ts'
import { partMs, type SensorLine } from './parts.ts'
import { type StoredPath, wayFrom, wayKey } from './path.ts'
import { type Found, type Spell, spellsOf } from './spells.ts'

/** All that is found of one subject: a lot, or a SKU that got warm in one place. */
export interface Group {
  readonly over: Counted[]
  readonly lasting: Lasting[]
}

/** By subject. */
export type Groups = Map<string, Group>

/** A spell of so many items. */
export interface Counted {
  readonly spell: Spell
  readonly zone: string | null
  readonly items: number
}

interface Lasting extends Counted {
  /** The temperature where it is, at present. */
  readonly isKnown: boolean
  /** Key of the path. */
  readonly path: string
}

/** What is found, with the stops that it speaks of. */
export interface JudgedWay extends Found {
  readonly stops: StoredPath['stops']
}

/** Judges paths over the parts from `first`, inclusive, to `end`, exclusive; those that are alike once. */
export function judging(
  rule: ClimateRule,
  lines: ReadonlyMap<string, SensorLine>,
  first: number,
  end: number,
): (path: StoredPath) => JudgedWay {
  const known = new Map<string, Found>()
  const from = first * partMs(rule)
  return (path) => {
    const way = wayFrom(path, from)
    const key = wayKey(way, from)
    let found = known.get(key)
    if (found === undefined) {
      found = spellsOf(rule, way, lines, first, end)
      known.set(key, found)
    }
    return { ...found, stops: way.stops }
  }
}

/** Counts what was found of `items` items with one path under what an alert would stand for. */
export function addFound(
  groups: Groups,
  path: StoredPath,
  { spells, isKnown, stops }: JudgedWay,
  key: string,
  items = 1,
): void {
  for (const spell of spells) {
    const { place = null, zone = null } = stops[spell.stop ?? -1] ?? {}
    const subject = isCounted(path, spell) ? path.counted.subject : subjectOf(path, place)
    const group: Group = groups.get(subject) ?? { over: [], lasting: [] }
    groups.set(subject, group)
    if (spell.to === undefined) group.lasting.push({ spell, zone, isKnown, path: key, items })
    else group.over.push({ spell, zone, items })
  }
}

/**
 * What one alert stands for. A lot has one, wherever its items are: as `(10)4711 MILK`, by the GS1 application identifier of
 * a lot. Goods without a lot have one for each SKU and place in which they got the most of it, so that moving them on makes no other.
 */
function subjectOf({ lot, sku }: StoredPath, place: string | null): string {
  const words = [lot === null ? (place ?? '') : `(10)${lot}`, sku ?? '']
  return words.filter((word) => word !== '').join(' ') || '?'
}

/** It is the spell that an alert stands for already: that keeps its subject. */
function isCounted(path: StoredPath, { from, to }: Spell): path is Required<StoredPath> {
  return path.counted !== undefined && (to === undefined || (from <= path.counted.since && to >= path.counted.since))
}

/** Spells of several items that are one. */
export interface Joined {
  from: number
  /** Infinite: it lasts. */
  to: number
  value: number
  items: number
  /** Where it began; of several zones the first by name. */
  zone: string | null
}

/** Spells that overlap are one, of so many items. In order of time. */
export function joined(spells: readonly Counted[]): readonly Joined[] {
  const all: Joined[] = []
  for (const { spell, zone, items } of spells.toSorted(
    (a, b) => a.spell.from - b.spell.from || inOrder(a.zone, b.zone),
  )) {
    const { from, to = Number.POSITIVE_INFINITY, value } = spell
    const last = all.at(-1)
    if (last === undefined || from > last.to) all.push({ from, to, value, items, zone })
    else
      Object.assign(last, { to: Math.max(last.to, to), value: Math.max(last.value, value), items: last.items + items })
  }
  return all
}

function inOrder(a: string | null, b: string | null): number {
  if (a === b) return 0
  return (a ?? '') < (b ?? '') ? -1 : 1
}
