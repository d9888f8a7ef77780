import { forestOdds } from './forest.ts'
import { againstHabit, type Habit } from './habit.ts'
import type { Belief, Impression } from './judge.ts'
import { likeness, type Place } from './loads.ts'
import { evidenceOf, type GateModel, inwardsOdds, logOdds, movedOdds } from './model.ts'

/** What earlier looks at a tag said, since it came or went through last. */
export interface Past {
  readonly looks: number
  /** Sum and highest of the log odds that the first look gave, each at most 8 either way. */
  readonly sum: number
  readonly most: number
  /** Event time of the first of these looks. */
  readonly since: number
  /** What was believed of it after the last one. */
  readonly belief: Belief
}

/** Everybody at a gate at one moment, each looked at once, when somebody asks. */
export interface Crowd {
  readonly places: ReadonlyMap<Impression, Place>
  /** Those that went through lately, with what was believed of them then. */
  readonly gone: ReadonlyMap<Impression, Belief>
  /** Those that are here and were looked at before, with what was believed of them then. */
  readonly known: ReadonlyMap<Impression, Belief>
  readonly looks: Map<Impression, Belief>
  readonly strongDb: number
  readonly model: GateModel
}

/** Log odds by its own motion below which nobody's company says anything for it. */
export const hopeless = -9
/** Trails that share less than this have nothing to do with each other. */
const strangers = 0.2
/** Company is drawn to nothing as if by so many that say nothing. */
const drawnBy = 0.5

/** The first look at one of the crowd: what is believed by what is known of the tag and its load. */
export function firstLook({ places, gone, looks, strongDb, model }: Crowd, one: Impression): Belief {
  let look = gone.get(one) ?? looks.get(one)
  if (look === undefined) {
    const place = places.get(one)
    look =
      place === undefined || one.motion < hopeless
        ? { moved: one.motion, inwards: 0 }
        : { moved: movedOdds(model, one.look, place, strongDb), inwards: inwardsOdds(model, one.look, place) }
    looks.set(one, look)
  }
  return look
}

/** Those that were read at the same times and sides as a tag, each as much as it is alike. */
interface Company {
  weight: number
  most: number
  /** What the first look says of them. */
  moved: number
  inwards: number
  /** What is believed of those that were looked at before or have gone through. */
  known: number
  believed: number
  /** How many of them have gone through, and which way. */
  gone: number
  goneInwards: number
}

/** One of those that were read at the same times and sides. */
export interface Mate {
  readonly other: Impression
  readonly alike: number
}

export function matesOf({ places }: Crowd, own: Impression): readonly Mate[] {
  const mates: Mate[] = []
  for (const other of places.keys()) {
    if (other === own) continue
    const alike = likeness(own.trail, other.trail)
    if (alike >= strangers) mates.push({ other, alike })
  }
  return mates
}

function companyOf(crowd: Crowd, mates: readonly Mate[]): Company {
  const company = { weight: 0, most: 0, moved: 0, inwards: 0, known: 0, believed: 0, gone: 0, goneInwards: 0 }
  for (const { other, alike } of mates) {
    const weight = alike ** 3
    const look = firstLook(crowd, other)
    company.weight += weight
    company.most = Math.max(company.most, alike)
    company.moved += weight * bounded(look.moved)
    company.inwards += weight * bounded(look.inwards)
    const gone = crowd.gone.get(other)
    const known = gone ?? crowd.known.get(other)
    if (known !== undefined) {
      company.known += weight
      company.believed += weight * bounded(known.moved)
    }
    if (gone !== undefined) {
      company.gone += weight
      company.goneInwards += weight * Math.sign(gone.inwards)
    }
  }
  return company
}

/** What a second look goes by. */
export interface SecondEvidence {
  /** Whether it went through. */
  readonly moved: readonly number[]
  /** Which way: positive is in. Swapping the sides changes the sign of each. */
  readonly direction: readonly number[]
}

/**
 * What is known of a tag when its company is known, too: all that the first look went by and what it said; what it says
 * of those that were read at the same times and sides, what is believed of them, and how many of them have gone
 * through; how strong tag and load were against the habit of the gate; what was said of it before.
 */
export function secondEvidence(
  crowd: Crowd,
  own: Impression,
  mates: readonly Mate[],
  place: Place,
  habit: Habit,
  past: Past | undefined,
  now: number,
): SecondEvidence {
  const first = firstLook(crowd, own)
  const company = companyOf(crowd, mates)
  const all = company.weight + drawnBy
  const load = againstHabit(habit, place.load.look)
  const alone = againstHabit(habit, own.look)
  return {
    moved: [
      first.moved,
      own.motion,
      company.moved / all,
      Math.log(1 + company.weight),
      company.most,
      company.gone / all,
      Math.log(1 + company.gone),
      company.believed / (company.known + drawnBy),
      Math.log(1 + company.known),
      Math.abs(first.inwards),
      // How much the others say it went the same way.
      (Math.sign(first.inwards) * company.inwards) / all,
      (Math.sign(first.inwards) * company.goneInwards) / (company.gone + drawnBy),
      load.weaker,
      load.stronger,
      load.mean,
      load.least,
      alone.weaker,
      alone.mean,
      past?.looks ?? 0,
      past === undefined ? 0 : past.sum / past.looks,
      past?.most ?? hopeless,
      Math.log(1 + (now - (past?.since ?? now)) / 1000),
      (now - (own.reads.at(-1)?.at ?? now)) / 1000,
      Math.min(3, own.look.sides.length),
      (now - own.look.crossedAt) / 1000,
      ...evidenceOf(own.look, place, crowd.strongDb, own.motion),
    ],
    direction: [first.inwards, company.inwards / all, company.goneInwards / (company.gone + drawnBy)],
  }
}

/** What is believed after the second look. */
export function secondLook({ moved, direction }: NonNullable<GateModel['second']>, evidence: SecondEvidence): Belief {
  return { moved: forestOdds(moved, evidence.moved), inwards: logOdds(direction, evidence.direction) }
}

export function withLook(past: Past | undefined, first: Belief, belief: Belief, now: number): Past {
  const odds = bounded(first.moved)
  return {
    looks: (past?.looks ?? 0) + 1,
    sum: (past?.sum ?? 0) + odds,
    most: Math.max(past?.most ?? hopeless, odds),
    since: past?.since ?? now,
    belief,
  }
}

/** No look outvotes the others. */
export function bounded(odds: number): number {
  return Math.max(-8, Math.min(8, odds))
}
