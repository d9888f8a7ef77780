import type { Regression } from '../../edge/gate/model.ts'

export interface Sample {
  readonly features: readonly number[]
  /** 0 or 1 */
  readonly label: number
  readonly weight: number
}

/** Keeps weights small where samples are few. */
export const ridge = 1e-3

/**
 * Logistic regression with a ridge on standardised features (Newton's method): the same samples give the same weights.
 * `symmetric` fits no bias and takes the features as they are.
 */
export function fitLogistic(samples: readonly Sample[], ridge: number, symmetric = false): Regression {
  const width = samples[0]?.features.length ?? 0
  const total = samples.reduce((sum, { weight }) => sum + weight, 0)
  const mean = new Array<number>(width).fill(0)
  const scale = new Array<number>(width).fill(0)
  for (let n = 0; n < width; n += 1) {
    const of = ({ features }: Sample) => features[n] ?? 0
    if (!symmetric) mean[n] = samples.reduce((sum, sample) => sum + sample.weight * of(sample), 0) / total
    const squares = samples.reduce((sum, sample) => sum + sample.weight * (of(sample) - (mean[n] ?? 0)) ** 2, 0)
    scale[n] = Math.sqrt(squares / total) || 1
  }
  const size = symmetric ? width : width + 1
  const rows = samples.map(({ features }) => {
    const row = features.map((value, n) => (value - (mean[n] ?? 0)) / (scale[n] ?? 1))
    if (!symmetric) row.push(1)
    return row
  })
  const beta = new Array<number>(size).fill(0)
  for (let round = 0; round < 30; round += 1) {
    const gradient = beta.map((value, n) => (n < width ? -ridge * total * value : 0))
    const hessian = beta.map((_, n) => beta.map((_, m) => (n === m ? (n < width ? ridge * total : 1e-9) : 0)))
    rows.forEach((row, k) => {
      const { label, weight } = samples[k] as Sample
      const odds = row.reduce((sum, value, n) => sum + value * (beta[n] ?? 0), 0)
      const chance = 1 / (1 + Math.exp(-odds))
      const slope = weight * chance * (1 - chance)
      row.forEach((value, n) => {
        gradient[n] = (gradient[n] ?? 0) + weight * (label - chance) * value
        const line = hessian[n] as number[]
        for (let m = 0; m <= n; m += 1) line[m] = (line[m] ?? 0) + slope * value * (row[m] ?? 0)
      })
    })
    for (let n = 0; n < size; n += 1) for (let m = 0; m < n; m += 1) (hessian[m] as number[])[n] = hessian[n]?.[m] ?? 0
    const step = solve(hessian, gradient)
    step.forEach((value, n) => {
      beta[n] = (beta[n] ?? 0) + value
    })
    if (Math.max(...step.map(Math.abs)) < 1e-8) break
  }
  const weights = mean.map((_, n) => (beta[n] ?? 0) / (scale[n] ?? 1))
  const bias = symmetric ? 0 : weights.reduce((sum, weight, n) => sum - weight * (mean[n] ?? 0), beta[width] ?? 0)
  return { bias, weights }
}

/** Each feature speaks for its way or not at all: one whose weight would be negative is left out. */
export function fitDirection(samples: readonly Sample[]): Regression {
  const width = samples[0]?.features.length ?? 0
  const left = new Set<number>()
  for (;;) {
    const fitted = fitLogistic(
      samples.map((sample) => ({ ...sample, features: sample.features.map((x, n) => (left.has(n) ? 0 : x)) })),
      ridge,
      true,
    )
    const worst = fitted.weights.findIndex((weight, n) => weight < 0 && !left.has(n))
    if (worst < 0 || left.size === width)
      return { bias: 0, weights: fitted.weights.map((weight, n) => (left.has(n) ? 0 : weight)) }
    left.add(worst)
  }
}

/** Gaussian elimination with pivots; changes its inputs. */
function solve(matrix: number[][], right: number[]): number[] {
  const size = right.length
  for (let column = 0; column < size; column += 1) {
    let best = column
    for (let row = column; row < size; row += 1) {
      if (Math.abs(matrix[row]?.[column] ?? 0) > Math.abs(matrix[best]?.[column] ?? 0)) best = row
    }
    ;[matrix[column], matrix[best]] = [matrix[best] as number[], matrix[column] as number[]]
    ;[right[column], right[best]] = [right[best] ?? 0, right[column] ?? 0]
    const pivot = matrix[column] as number[]
    for (let row = column + 1; row < size; row += 1) {
      const line = matrix[row] as number[]
      const factor = (line[column] ?? 0) / (pivot[column] ?? 1)
      for (let n = column; n < size; n += 1) line[n] = (line[n] ?? 0) - factor * (pivot[n] ?? 0)
      right[row] = (right[row] ?? 0) - factor * (right[column] ?? 0)
    }
  }
  const answer = new Array<number>(size).fill(0)
  for (let row = size - 1; row >= 0; row -= 1) {
    let sum = right[row] ?? 0
    for (let n = row + 1; n < size; n += 1) sum -= (matrix[row]?.[n] ?? 0) * (answer[n] ?? 0)
    answer[row] = sum / (matrix[row]?.[row] ?? 1)
  }
  return answer
}
