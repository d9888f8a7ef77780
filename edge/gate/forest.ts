/**
 * A complete binary tree of decisions, breadth first: node `n` asks whether feature `features[n]` is below `cuts[n]`; yes
 * goes to node `2n + 1`, no to `2n + 2`. What lies beyond the last node is a leaf.
 */
export interface Tree {
  readonly features: readonly number[]
  readonly cuts: readonly number[]
  readonly leaves: readonly number[]
}

/** Boosted trees (Friedman, Greedy function approximation, 2001): each adds one of its leaves to the log odds. */
export type Forest = readonly Tree[]

export function forestOdds(forest: Forest, features: readonly number[]): number {
  return forest.reduce((sum, tree) => sum + leafOf(tree, features), 0)
}

/** What one tree says. */
export function leafOf({ features, cuts, leaves }: Tree, values: readonly number[]): number {
  let node = 0
  while (node < features.length) {
    node = 2 * node + ((values[features[node] ?? 0] ?? 0) < (cuts[node] ?? 0) ? 1 : 2)
  }
  return leaves[node - features.length] ?? 0
}
