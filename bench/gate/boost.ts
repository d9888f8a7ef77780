import { type Forest, leafOf, type Tree } from '../../edge/gate/forest.ts'
import type { Sample } from './regression.ts'

/** So many trees of so many questions each; a leaf wants at least this share of many samples. */
export interface ForestSize {
  readonly trees: number
  readonly depth: number
  readonly leastShare: number
}

/** Tags of one load are much alike: their share of what a leaf wants is rather large. */
const small: ForestSize = { trees: 80, depth: 3, leastShare: 0.004 }
/** How far each tree goes towards what it says. */
const rate = 0.15
/** A leaf speaks for at least so many samples of mean weight, and is drawn to 0 as if by so many that say nothing. */
const leastInLeaf = 25
const drawn = 5
/** Cuts are sought between so many quantiles of a feature. */
const bins = 24

/** `start`: log odds that are known already, to which the trees add. */
export type Started = Sample & { readonly start: number }

/** Gradient boosting on the log loss with Newton leaves: the same samples give the same trees. */
export function fitForest(samples: readonly Started[], { trees, depth, leastShare } = small): Forest {
  const count = samples.length
  const total = samples.reduce((sum, { weight }) => sum + weight, 0)
  const least = Math.max(leastInLeaf, leastShare * count)
  const weights = samples.map(({ weight }) => (weight * count) / total)
  const cuts = cutsOf(samples)
  const binned = samples.map(({ features }) =>
    Uint8Array.from(cuts, (ofFeature, f) => binOf(features[f] ?? 0, ofFeature)),
  )
  const odds = samples.map(({ start }) => start)
  const all = Array.from({ length: count }, (_, n) => n)
  const forest: Tree[] = []
  for (let round = 0; round < trees; round += 1) {
    const pull: Pull[] = samples.map(({ label }, n) => {
      const chance = 1 / (1 + Math.exp(-(odds[n] ?? 0)))
      const weight = weights[n] ?? 0
      return { slope: weight * (label - chance), bend: weight * Math.max(1e-6, chance * (1 - chance)), weight }
    })
    const tree = { features: [] as number[], cuts: [] as number[], leaves: [] as number[] }
    let level: readonly (readonly number[])[] = [all]
    for (let at = 0; at < depth; at += 1) {
      level = level.flatMap((group) => {
        const split = bestSplit(group, binned, cuts, pull, least)
        tree.features.push(split?.feature ?? 0)
        tree.cuts.push(split === undefined ? 0 : (cuts[split.feature]?.[split.bin] ?? 0))
        // What is not worth a cut says the same on either side of it.
        if (split === undefined) return [group, group]
        const isBelow = (n: number) => (binned[n]?.[split.feature] ?? 0) <= split.bin
        return [group.filter(isBelow), group.filter((n) => !isBelow(n))]
      })
    }
    for (const group of level) {
      const { slope, bend } = sumOf(group, pull)
      tree.leaves.push((rate * slope) / (bend + drawn))
    }
    forest.push(tree)
    samples.forEach(({ features }, n) => {
      odds[n] = (odds[n] ?? 0) + leafOf(tree, features)
    })
  }
  return forest
}

interface Pull {
  readonly slope: number
  readonly bend: number
  readonly weight: number
}

function bestSplit(
  group: readonly number[],
  binned: readonly Uint8Array[],
  cuts: readonly (readonly number[])[],
  pull: readonly Pull[],
  least: number,
): { readonly feature: number; readonly bin: number } | undefined {
  const whole = sumOf(group, pull)
  let best: { feature: number; bin: number; gain: number } | undefined
  for (const [feature, ofFeature] of cuts.entries()) {
    const sums = Array.from({ length: ofFeature.length + 1 }, () => ({ slope: 0, bend: 0, weight: 0 }))
    for (const n of group) {
      const sum = sums[binned[n]?.[feature] ?? 0]
      const own = pull[n]
      if (sum === undefined || own === undefined) continue
      sum.slope += own.slope
      sum.bend += own.bend
      sum.weight += own.weight
    }
    const below = { slope: 0, bend: 0, weight: 0 }
    for (const [bin, sum] of sums.slice(0, -1).entries()) {
      below.slope += sum.slope
      below.bend += sum.bend
      below.weight += sum.weight
      if (below.weight < least || whole.weight - below.weight < least) continue
      const above = { slope: whole.slope - below.slope, bend: whole.bend - below.bend }
      const gain = worth(below) + worth(above) - worth(whole)
      if (gain > (best?.gain ?? 1e-3)) best = { feature, bin, gain }
    }
  }
  return best
}

function worth({ slope, bend }: { readonly slope: number; readonly bend: number }): number {
  return (slope * slope) / (bend + drawn)
}

function sumOf(group: readonly number[], pull: readonly Pull[]): Pull {
  const sum = { slope: 0, bend: 0, weight: 0 }
  for (const n of group) {
    const own = pull[n]
    if (own === undefined) continue
    sum.slope += own.slope
    sum.bend += own.bend
    sum.weight += own.weight
  }
  return sum
}

function cutsOf(samples: readonly Sample[]): number[][] {
  return (samples[0]?.features ?? []).map((_, feature) => {
    const values = samples.map(({ features }) => features[feature] ?? 0).sort((a, b) => a - b)
    const cuts = Array.from(
      { length: bins - 1 },
      (_, bin) => values[Math.floor(((bin + 1) * values.length) / bins)] ?? 0,
    )
    // As they are written down, so that what was learnt is what is asked.
    return [...new Set(cuts.map((cut) => Number(cut.toPrecision(5))))].filter((cut) => cut > (values[0] ?? 0))
  })
}

function binOf(value: number, cuts: readonly number[]): number {
  let bin = 0
  while (bin < cuts.length && value >= (cuts[bin] ?? 0)) bin += 1
  return bin
}
