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

/**
 * What is said of it first: while it lasts the value of now, where that is known. Afterwards what it rang with, or nothing
 * where `extremeOf` says how far it went: a value beside the name is taken for the one of now.
 */
export function leadingValue(alert: Alert, present: number | null | undefined): number | null {
  if (alert.clearedAt === null) return present ?? alert.value
  return extremeOf(alert) === undefined ? alert.value : null
}
