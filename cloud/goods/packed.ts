import { z } from 'zod'
import type { Kept } from '../database/kept.ts'
import { packingsIn } from '../inventory/packs.ts'
import type { PackedAt } from './matching.ts'
import type { Named } from './wanted.ts'

/** What was said of one object: the unit, when, and what; by objects (`objectOf`), whatever their tags. */
export const KeptPacked = z.object({
  /** The tag or barcode that names it; of several the last in the alphabet, which is a tag where there is one. */
  epc: z.string(),
  /** `delete` with an empty unit: off whatever it was on. */
  facts: z.array(z.object({ unit: z.string(), at: z.number(), act: z.enum(['add', 'delete']) })),
})
export type KeptPacked = z.infer<typeof KeptPacked>
type PackedFact = KeptPacked['facts'][number]

/** Facts in any order; what holds at an instant follows from all of them by event time. */
export interface Packed extends PackedAt {
  readonly kept: Kept<KeptPacked>
  /** Answers whether it was news. */
  tell(named: Named, fact: PackedFact): boolean
  /** What was over before is forgotten: nothing passed since that could ask for it. */
  forgetBefore(at: number): void
  save(): void
  saved(): void
  load(): void
}

/** Objects of which something is remembered; beyond it those of which nobody spoke for longest go. */
const mostPacked = 100_000

export function openPacked(kept: Kept<KeptPacked>, most = mostPacked): Packed {
  /** Unit → objects that were ever said to be on it. */
  const ever = new Map<string, Set<string>>()
  const packings = new Map<string, ReturnType<typeof packingsIn>>()

  function index(object: string, { facts }: KeptPacked): void {
    for (const { unit } of facts) {
      if (unit === '') continue
      const there = ever.get(unit)
      if (there === undefined) ever.set(unit, new Set([object]))
      else there.add(object)
    }
  }
  function indexAll(): void {
    ever.clear()
    packings.clear()
    for (const [object, story] of kept.all) index(object, story)
  }
  function packingsOf(object: string): ReturnType<typeof packingsIn> {
    const known = packings.get(object)
    if (known !== undefined) return known
    const facts = kept.get(object)?.facts ?? []
    const made = packingsIn(facts.map(({ unit, at, act }) => ({ parent: unit, at, act })))
    packings.set(object, made)
    return made
  }
  function forget(object: string): void {
    for (const { unit } of kept.get(object)?.facts ?? []) ever.get(unit)?.delete(object)
    packings.delete(object)
    kept.remove(object)
  }
  const named = (object: string): Named => ({ object, epc: kept.get(object)?.epc ?? object })
  const everOn = (unit: string) => [...(ever.get(unit) ?? [])].sort()
  const isOn = (object: string, unit: string, at: number) =>
    packingsOf(object).some(({ parent, from, to }) => parent === unit && from <= at && at < to)

  indexAll()
  return {
    kept,
    tell({ object, epc }, fact) {
      const before = kept.get(object)
      const isKnown = before?.facts.some(
        ({ unit, at, act }) => unit === fact.unit && at === fact.at && act === fact.act,
      )
      if (isKnown === true) return false
      const after = {
        epc: before === undefined || before.epc < epc ? epc : before.epc,
        facts: [...(before?.facts ?? []), fact].sort(inTime),
      }
      kept.put(object, after)
      packings.delete(object)
      index(object, after)
      if (kept.all.size > most) for (const gone of longestUnsaid(kept.all, Math.ceil(most / 20))) forget(gone)
      return true
    },
    on: (unit, at) =>
      ever.has(unit)
        ? everOn(unit)
            .filter((object) => isOn(object, unit, at))
            .map(named)
        : [],
    unitOf: (object, at) =>
      kept.get(object) && packingsOf(object).find(({ from, to }) => from <= at && at < to)?.parent,
    takenOff: (unit, from, to) =>
      everOn(unit)
        .filter(
          (object) => !isOn(object, unit, to) && wasTakenOff(kept.get(object), packingsOf(object), unit, from, to),
        )
        .map(named),
    forgetBefore(at) {
      for (const [object, story] of [...kept.all]) {
        const [first] = story.facts
        if (first === undefined || first.at >= at || (story.facts.length === 1 && first.act === 'add')) continue
        const standing = packingsOf(object).find(({ from, to }) => from < at && at <= to)
        const facts = story.facts.filter(
          (fact) =>
            fact.at >= at || (fact.act === 'add' && fact.at === standing?.from && fact.unit === standing.parent),
        )
        packings.delete(object)
        if (facts.length === story.facts.length) continue
        forget(object)
        if (facts.length === 0) continue
        kept.put(object, { ...story, facts })
        index(object, { ...story, facts })
      }
    },
    save: () => kept.save(),
    saved: () => kept.saved(),
    load: () => {
      kept.load()
      indexAll()
    },
  }
}

function wasTakenOff(
  story: KeptPacked | undefined,
  packings: ReturnType<typeof packingsIn>,
  unit: string,
  from: number,
  to: number,
): boolean {
  const isBetween = (at: number) => at >= from && at <= to
  return (
    packings.some((one) => one.parent === unit && isBetween(one.to)) ||
    story?.facts.some((fact) => fact.unit === unit && fact.act === 'delete' && isBetween(fact.at)) === true
  )
}

function longestUnsaid(all: ReadonlyMap<string, KeptPacked>, count: number): readonly string[] {
  return [...all]
    .map(([object, { facts }]) => ({ object, at: facts.at(-1)?.at ?? 0 }))
    .sort((a, b) => a.at - b.at || (a.object < b.object ? -1 : 1))
    .slice(0, count)
    .map(({ object }) => object)
}

/** Of one instant what is said does not depend on the order in which it was. */
function inTime(a: PackedFact, b: PackedFact): number {
  return a.at - b.at || (keyOf(a) < keyOf(b) ? -1 : 1)
}

function keyOf({ unit, act }: PackedFact): string {
  return `${act === 'delete' ? 0 : 1} ${unit}`
}
