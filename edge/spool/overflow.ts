import { type ClassCode, classCodes } from './record-class.ts'

/**
 * What goes when room runs out. Measurements are thinned, oldest first, to a half, a quarter, an eighth, before the
 * rest of them goes; then observations and kinds this version does not know; then passages and scans. `device`,
 * `alert`, `clock` and `gap` never go: when nothing else is left, new records are refused.
 */
export interface Step {
  readonly classCodes: readonly ClassCode[]
  /** One record in so many stays; 0 = none. */
  readonly keepOneIn: number
  /** The `reason` of the gap record. */
  readonly reason: 'thinned' | 'overflow'
}

export const overflowSteps: readonly Step[] = [
  { classCodes: [classCodes.measurement], keepOneIn: 2, reason: 'thinned' },
  { classCodes: [classCodes.measurement], keepOneIn: 4, reason: 'thinned' },
  { classCodes: [classCodes.measurement], keepOneIn: 8, reason: 'thinned' },
  { classCodes: [classCodes.measurement], keepOneIn: 0, reason: 'overflow' },
  { classCodes: [classCodes.observation, classCodes.other], keepOneIn: 0, reason: 'overflow' },
  { classCodes: [classCodes.passage, classCodes.scan], keepOneIn: 0, reason: 'overflow' },
]

/** What a segment holds, as far as the choice needs it. */
export interface Load {
  /** Records by class code. */
  readonly counts: readonly number[]
  /** Steps already applied to it: `overflowSteps[0 … stepsTaken - 1]`. */
  readonly stepsTaken: number
}

/**
 * The next sacrifice: the gentlest step that still finds something, on the oldest segment where it does; undefined
 * when only what never goes is left. `loads` are the segments that may be rewritten, oldest first.
 */
export function nextSacrifice(loads: readonly Load[]): { readonly index: number; readonly step: number } | undefined {
  for (const [step, { classCodes: codes }] of overflowSteps.entries()) {
    const index = loads.findIndex(
      (load) => load.stepsTaken <= step && codes.some((code) => (load.counts[code] ?? 0) > 0),
    )
    if (index >= 0) return { index, step }
  }
  return undefined
}

/**
 * Does the record stay? Depends on its number only, so thinning twice by the same step changes nothing; mixed by a
 * multiplicative hash (Knuth, TAOCP 6.4), since sensors that take turns would otherwise lose one of them whole.
 */
export function survives(step: Step, classCode: number, sequence: number): boolean {
  if (!step.classCodes.some((code) => code === classCode)) return true
  if (step.keepOneIn === 0) return false
  const mixed = Math.imul(sequence >>> 0, 0x9e37_79b1) >>> 24
  return mixed % step.keepOneIn === 0
}
