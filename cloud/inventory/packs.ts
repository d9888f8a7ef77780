import { isUnit } from '../../shared/epc/object-of.ts'
import type { TrackedItem } from './item.ts'

/**
 * What is packed on what, as people and papers say (EPCIS aggregation): tags on a logistic unit. Facts may come in any
 * order; what holds at an instant follows from all of them by event time.
 */

/** add: since then it is on the unit. delete: no longer. reject: it only looks so. */
export const packingActs = ['add', 'delete', 'reject'] as const
export type PackingAct = (typeof packingActs)[number]

/** One tag, and one word on it. */
export interface PackingFact {
  readonly site: string
  readonly child: string
  /** EPC of an SSCC; of a `delete` also empty: whatever it is on. */
  readonly parent: string
  /** Event time, Unix ms. */
  readonly at: number
  readonly act: PackingAct
  /** Who said so: a person, or the gateway of a handheld. */
  readonly by: string
  readonly recordedAt: number
  readonly offset: number
}

/** A time in which a tag was on a unit: from, inclusive, to, exclusive (infinite: still), Unix ms. */
export interface Packing {
  readonly parent: string
  readonly from: number
  readonly to: number
}

export interface Packs {
  /** Takes a fact, unless it is known or none: a unit is an SSCC, and is packed on no other. Answers whether it was news. */
  tell(child: TrackedItem, fact: PackingFact): boolean
  /** Whether it ever was packed on anything. */
  hasPacked(child: TrackedItem): boolean
  /** In the order of time; no two at once. */
  packingsOf(child: TrackedItem): readonly Packing[]
  /** Whatever was ever said to be on the unit. */
  everOn(parent: string): Iterable<TrackedItem>
  /** Units that anything was ever said to be on. */
  units(): Iterable<string>
  factsOf(child: TrackedItem): readonly PackingFact[]
  all(): Iterable<PackingFact>
}

interface Story {
  readonly facts: PackingFact[]
  isPacked: boolean
  /** Made of the facts when first asked for. */
  packings: readonly Packing[] | undefined
}

export function openPacks(): Packs {
  const stories = new Map<TrackedItem, Story>()
  const onUnits = new Map<string, Set<TrackedItem>>()
  return {
    tell(child, fact) {
      const isAny = fact.act === 'delete' && fact.parent === ''
      if (!(isAny || isUnit(fact.parent)) || isUnit(child.epc)) return false
      const story = stories.get(child) ?? { facts: [], isPacked: false, packings: undefined }
      const isKnown = story.facts.some(
        ({ at, act, parent }) => at === fact.at && act === fact.act && parent === fact.parent,
      )
      if (isKnown) return false
      stories.set(child, story)
      story.facts.push(fact)
      story.packings = undefined
      if (fact.act === 'add') story.isPacked = true
      if (isAny) return true
      const on = onUnits.get(fact.parent) ?? new Set()
      onUnits.set(fact.parent, on)
      on.add(child)
      return true
    },
    hasPacked: (child) => stories.size > 0 && stories.get(child)?.isPacked === true,
    packingsOf(child) {
      const story = stories.get(child)
      if (story === undefined) return []
      story.packings ??= packingsIn(story.facts)
      return story.packings
    },
    units: () => onUnits.keys(),
    everOn: (parent) => onUnits.get(parent) ?? [],
    factsOf: (child) => stories.get(child)?.facts ?? [],
    *all() {
      for (const { facts } of stories.values()) yield* facts
    },
  }
}

/** A tag is on one unit at a time: put on another, it left the one before. Of one instant, off goes before on. */
export function packingsIn(facts: readonly Pick<PackingFact, 'parent' | 'at' | 'act'>[]): readonly Packing[] {
  const packings: Packing[] = []
  let on: { parent: string; from: number } | undefined
  const end = (to: number) => {
    if (on !== undefined && on.from < to) packings.push({ ...on, to })
    on = undefined
  }
  for (const { parent, at, act } of facts.filter(({ act }) => act !== 'reject').sort(inTime)) {
    if (act === 'delete' && (parent === '' || on?.parent === parent)) end(at)
    if (act !== 'add' || on?.parent === parent) continue
    end(at)
    on = { parent, from: at }
  }
  end(Number.POSITIVE_INFINITY)
  return packings
}

function inTime(a: Pick<PackingFact, 'parent' | 'at' | 'act'>, b: Pick<PackingFact, 'parent' | 'at' | 'act'>): number {
  return a.at - b.at || (a.act < b.act ? 1 : a.act > b.act ? -1 : 0) || (a.parent < b.parent ? -1 : 1)
}
