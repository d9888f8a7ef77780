import { forestOdds } from './forest.ts'
import type { AgainstHabit } from './habit.ts'
import type { Belief, Impression } from './judge.ts'
import { type GateModel, logOdds } from './model.ts'
import { bounded, type Crowd, hopeless, type Mate, type SecondEvidence } from './second-look.ts'

/** What the second look says of a tag at one moment. */
export interface Word {
  readonly belief: Belief
  /** Highest log odds that it went through, of all looks since it came or went through last. */
  readonly most: number
  /** How strong it was against the habit of the gate. */
  readonly against: AgainstHabit
}

/** What a third look goes by; of its direction positive is in, and swapping the sides changes the sign of each. */
export interface ThirdEvidence {
  readonly moved: readonly number[]
  readonly direction: readonly number[]
}

/** What the second look says of everybody at a gate. */
export interface Words {
  readonly of: ReadonlyMap<Impression, Word>
  /** What came after their passage of those that went through lately: they are in the crowd as they were then. */
  readonly after: ReadonlySet<Impression>
}

/** Company is drawn to nothing as if by so many that say nothing. */
const drawnBy = 0.5
/** Levels of one load differ by so much, dB; and an antenna that did not hear one of two counts so much. */
const levelsDifferDb = 6
const unheardDifferDb = 6
const mostDifferDb = 15

/**
 * What the second look says of a tag, now and before, and of those that were read with it: of all, of those that are very much
 * alike, and of those that each antenna heard as strong; beside all that the second look went by.
 */
export function thirdEvidence(
  { gone }: Crowd,
  words: Words,
  own: Impression,
  mates: readonly Mate[],
  word: Word,
  before: Word | undefined,
  second: SecondEvidence,
): ThirdEvidence {
  const [near, close, level] = [noSum(), noSum(), noSum()]
  for (const { other, alike } of mates) {
    if (words.after.has(other)) continue
    const theirs = words.of.get(other)
    const most = bounded(theirs?.most ?? Math.min(neverLookedAt, other.motion))
    const isGone = gone.has(other)
    add(near, alike ** 3, theirs, most, isGone)
    add(close, alike ** 8, theirs, most, isGone)
    add(level, alike ** 3 * levelLikeness(own, other), theirs, most, isGone)
  }
  const way = Math.sign(word.belief.inwards)
  return {
    moved: [
      word.belief.moved,
      word.most,
      before?.belief.moved ?? hopeless,
      word.against.least,
      ...sayingOf(near),
      ...sayingOf(close),
      ...sayingOf(level),
      (way * near.inwards) / (near.known + drawnBy),
      ...second.moved,
    ],
    direction: [word.belief.inwards, near.inwards / (near.known + drawnBy), level.inwards / (level.known + drawnBy)],
  }
}

/** Log odds, at most, of one that nobody has looked at twice. */
const neverLookedAt = -2

interface Sum {
  weight: number
  most: number
  gone: number
  /** Of those that were looked at. */
  known: number
  moved: number
  inwards: number
  weaker: number
  mean: number
  least: number
}

function noSum(): Sum {
  return { weight: 0, most: 0, gone: 0, known: 0, moved: 0, inwards: 0, weaker: 0, mean: 0, least: 0 }
}

function add(sum: Sum, weight: number, word: Word | undefined, most: number, isGone: boolean): void {
  sum.weight += weight
  sum.most += weight * most
  if (isGone) sum.gone += weight
  if (word === undefined) return
  const { belief, against } = word
  sum.known += weight
  sum.moved += weight * bounded(belief.moved)
  sum.inwards += weight * bounded(belief.inwards)
  sum.weaker += weight * against.weaker
  sum.mean += weight * against.mean
  sum.least += weight * against.least
}

function sayingOf({ weight, most, gone, known, moved, weaker, mean, least }: Sum): readonly number[] {
  const [all, looked] = [weight + drawnBy, known + drawnBy]
  return [Math.log(1 + weight), most / all, gone / all, moved / looked, weaker / looked, mean / looked, least / looked]
}

/** 1 = each antenna heard both as strong. */
function levelLikeness(own: Impression, other: Impression): number {
  let [sum, antennas] = [0, 0]
  for (const [antenna, { levelDb }] of own.look.peaksDb) {
    const theirs = other.look.peaksDb.get(antenna)
    sum += theirs === undefined ? unheardDifferDb : Math.min(mostDifferDb, Math.abs(levelDb - theirs.levelDb))
    antennas += 1
  }
  return Math.exp(-((sum / Math.max(1, antennas) / levelsDifferDb) ** 2))
}

/** What is believed after the third look. */
export function thirdLook({ moved, direction }: NonNullable<GateModel['third']>, evidence: ThirdEvidence): Belief {
  return { moved: forestOdds(moved, evidence.moved), inwards: logOdds(direction, evidence.direction) }
}
