import { quantile } from './features.ts'
import { type Impression, type Seeming, strongLevelOf } from './judge.ts'

/**
 * What is usual at one gate, learnt from what it saw: no two gates are built alike. Bounded in memory; changed in place
 * by the functions of this file.
 */
export interface Habit {
  /** Those that seemed to move lately, oldest first, and the level of what goes through, as they tell it. */
  moved: Seeming[]
  strongDb: number | undefined
  /** Of each antenna, the strong levels of the tags that went through lately, and the one in their middle. */
  readonly passed: Map<number, { readonly side: 'outside' | 'inside'; readonly peaksDb: number[]; usualDb: number }>
}

/** Tags that seemed to move lately, from which the gate's own strong level is learnt. */
const peaksKept = 256
/** Of each antenna; and so many of them tell what is usual. */
const passedKept = 128
const passedEnough = 8
/** An antenna that is usually strong and heard nothing is as one that was so much weaker, dB. */
const unheardDb = -15

export function noHabit(): Habit {
  return { moved: [], strongDb: undefined, passed: new Map() }
}

/** Looks again at how strong it is at this gate what moves; of a few tags nothing is learnt. */
export function learnMoved(habit: Habit, { motion, look }: Impression): void {
  habit.moved.push({ motion, look })
  if (habit.moved.length > peaksKept) habit.moved.shift()
  if (habit.moved.length >= peaksKept / 16) habit.strongDb = strongLevelOf(habit.moved)
}

/** Learns how strong each antenna heard a tag that went through. */
export function learnPassed({ passed }: Habit, { look }: Impression): void {
  for (const [antenna, { side, levelDb }] of look.peaksDb) {
    const usual = passed.get(antenna) ?? { side, peaksDb: [], usualDb: levelDb }
    passed.set(antenna, usual)
    usual.peaksDb.push(levelDb)
    if (usual.peaksDb.length > passedKept) usual.peaksDb.shift()
    usual.usualDb = quantile(
      [...usual.peaksDb].sort((a, b) => a - b),
      0.5,
    )
  }
}

/**
 * How strong a tag or a load was against what usually goes through, dB; all 0 while nothing is known of the gate, or of an
 * antenna that heard it.
 */
export interface AgainstHabit {
  /** On its weaker side and on the stronger one, by the antenna that heard it best. */
  readonly weaker: number
  readonly stronger: number
  /** Mean of all antennas; and the one where it was weakest: the lane next door is far from half of them. */
  readonly mean: number
  readonly least: number
}

const unknownYet: AgainstHabit = { weaker: 0, stronger: 0, mean: 0, least: 0 }

export function againstHabit({ passed }: Habit, { peaksDb }: Impression['look']): AgainstHabit {
  for (const antenna of peaksDb.keys()) if ((passed.get(antenna)?.peaksDb.length ?? 0) < passedEnough) return unknownYet
  const best = { outside: Number.NEGATIVE_INFINITY, inside: Number.NEGATIVE_INFINITY }
  let [sum, antennas, least] = [0, 0, Number.POSITIVE_INFINITY]
  for (const [antenna, { side, peaksDb: known, usualDb }] of passed) {
    if (known.length < passedEnough) continue
    const levelDb = peaksDb.get(antenna)?.levelDb
    const over = levelDb === undefined ? unheardDb : Math.max(unheardDb, Math.min(10, levelDb - usualDb))
    best[side] = Math.max(best[side], over)
    sum += over
    antennas += 1
    least = Math.min(least, over)
  }
  const [weaker, stronger] = [Math.min(best.outside, best.inside), Math.max(best.outside, best.inside)]
  return {
    weaker: Number.isFinite(weaker) ? weaker : 0,
    stronger: Number.isFinite(stronger) ? stronger : 0,
    mean: antennas === 0 ? 0 : sum / antennas,
    least: antennas === 0 ? 0 : least,
  }
}
