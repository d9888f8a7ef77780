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

/**
 * `start`: log odds that are known already, to which the trees add. `bag`: samples of the same bag are looks at one thing, which is
 * judged by the surest of them; their weights and labels are the same. None has a bag, or each.
 */
export type Started = Sample & { readonly start: number; readonly bag?: number }

/** How much the surest look of a bag counts above the others. */
const sharpness = 2

/** Gradient boosting on the log loss with Newton leaves: the same samples give the same trees. */
export function fitForest(samples: readonly Started[], { trees, depth, leastShare } = small): Forest {
  const count = samples.length
  const total = samples.reduce((sum, { weight }) => sum + weight, 0)
  const least = Math.max(leastInLeaf, leastShare * count)
  const labels = Float64Array.from(samples, ({ label }) => label)
  const weights = Float64Array.from(samples, ({ weight }) => (weight * count) / total)
  const cuts = cutsOf(samples)
  const columns = cuts.map((ofFeature, f) =>
    Uint8Array.from(samples, ({ features }) => binOf(features[f] ?? 0, ofFeature)),
  )
  const odds = Float64Array.from(samples, ({ start }) => start)
  const all = Int32Array.from({ length: count }, (_, n) => n)
  const pull: Pull = { slope: new Float64Array(count), bend: new Float64Array(count), weight: weights }
  const bags = bagsOf(samples)
  const forest: Tree[] = []
  for (let round = 0; round < trees; round += 1) {
    const surest = bags && surestOf(bags, odds)
    for (let n = 0; n < count; n += 1) {
      const told = surest === undefined ? (odds[n] ?? 0) : (surest.odds[bags?.[n] ?? 0] ?? 0)
      const chance = 1 / (1 + Math.exp(-told))
      const weight = (weights[n] ?? 0) * (surest?.share[n] ?? 1)
      pull.slope[n] = weight * ((labels[n] ?? 0) - chance)
      pull.bend[n] = weight * Math.max(1e-6, chance * (1 - chance))
    }
    const tree = { features: [] as number[], cuts: [] as number[], leaves: [] as number[] }
    let level: readonly Int32Array[] = [all]
    for (let at = 0; at < depth; at += 1) {
      level = level.flatMap((group) => {
        const split = bestSplit(group, columns, cuts, pull, least)
        tree.features.push(split?.feature ?? 0)
        tree.cuts.push(split === undefined ? 0 : (cuts[split.feature]?.[split.bin] ?? 0))
        // What is not worth a cut says the same on either side of it.
        if (split === undefined) return [group, group]
        const isBelow = (n: number) => (columns[split.feature]?.[n] ?? 0) <= split.bin
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

function bagsOf(samples: readonly Started[]): Int32Array | undefined {
  return samples[0]?.bag === undefined ? undefined : Int32Array.from(samples, ({ bag }) => bag ?? 0)
}

/** The highest log odds of each bag, and how much each sample has of its bag. */
function surestOf(bags: Int32Array, odds: Float64Array): { readonly odds: Float64Array; readonly share: Float64Array } {
  const surest = new Float64Array(bags.reduce((most, bag) => Math.max(most, bag), 0) + 1).fill(Number.NEGATIVE_INFINITY)
  bags.forEach((bag, n) => {
    surest[bag] = Math.max(surest[bag] as number, odds[n] as number)
  })
  const share = Float64Array.from(bags, (bag, n) =>
    Math.exp(sharpness * ((odds[n] as number) - (surest[bag] as number))),
  )
  const sums = new Float64Array(surest.length)
  share.forEach((one, n) => {
    sums[bags[n] as number] = (sums[bags[n] as number] as number) + one
  })
  return { odds: surest, share: share.map((one, n) => one / (sums[bags[n] as number] as number)) }
}

/** Of each sample. */
interface Pull {
  readonly slope: Float64Array
  readonly bend: Float64Array
  readonly weight: Float64Array
}

interface Sum {
  slope: number
  bend: number
  weight: number
}

function bestSplit(
  group: Int32Array,
  columns: readonly Uint8Array[],
  cuts: readonly (readonly number[])[],
  pull: Pull,
  least: number,
): { readonly feature: number; readonly bin: number } | undefined {
  const whole = sumOf(group, pull)
  let best: { feature: number; bin: number; gain: number } | undefined
  const [slopes, bends, weights] = [new Float64Array(bins), new Float64Array(bins), new Float64Array(bins)]
  for (const [feature, column] of columns.entries()) {
    for (const sums of [slopes, bends, weights]) sums.fill(0)
    for (const n of group) {
      const bin = column[n] as number
      slopes[bin] = (slopes[bin] as number) + (pull.slope[n] as number)
      bends[bin] = (bends[bin] as number) + (pull.bend[n] as number)
      weights[bin] = (weights[bin] as number) + (pull.weight[n] as number)
    }
    const below: Sum = { slope: 0, bend: 0, weight: 0 }
    for (let bin = 0; bin < (cuts[feature]?.length ?? 0); bin += 1) {
      below.slope += slopes[bin] ?? 0
      below.bend += bends[bin] ?? 0
      below.weight += weights[bin] ?? 0
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

function sumOf(group: Int32Array, pull: Pull): Sum {
  const sum = { slope: 0, bend: 0, weight: 0 }
  for (const n of group) {
    sum.slope += pull.slope[n] as number
    sum.bend += pull.bend[n] as number
    sum.weight += pull.weight[n] as number
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
