import type { Alert } from './api.ts'

/** How bad it got beside what it rang with. */
export interface Extreme {
  /** null: it stands for many items, and with what each of them rang is not kept. */
  readonly rang: number | null
  readonly worst: number
  readonly at: string
  /** peak: the highest value; low: the lowest. */
  readonly is: 'peak' | 'low'
}

/** undefined: it never got worse than what it rang with, or nothing says which value is worse. */
export function extremeOf({ value, worst, items }: Alert): Extreme | undefined {
  if (value === null || worst === null || worst.value === value) return undefined
  const is = worst.value > value ? 'peak' : 'low'
  return { rang: items === undefined ? value : null, worst: worst.value, at: worst.at, is }
}

/** What is said of it first: while it lasts the value of now, where that is known; afterwards the worst there was. */
export function leadingValue({ value, worst, clearedAt }: Alert, present: number | null | undefined): number | null {
  return clearedAt === null ? (present ?? value) : (worst?.value ?? value)
}
