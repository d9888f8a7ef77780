import { againstHabit, type Habit } from './habit.ts'
import type { Impression } from './judge.ts'
import { likeness, type Place } from './loads.ts'
import { evidenceOf, type GateModel, inwardsOdds, movedOdds } from './model.ts'

/** What somebody at the gate seems to have done, by what is known of the tag and its load: log odds. */
export interface FirstLook {
  readonly moved: number
  readonly inwards: number
}

/** What earlier looks at a tag said, since it came or went through last. */
export interface Past {
  readonly looks: number
  /** Sum and highest of the log odds that they gave, each at most 8 either way. */
  readonly sum: number
  readonly most: number
  /** Event time of the first look. */
  readonly since: number
}

/** Everybody at a gate at one moment, each looked at once, when somebody asks. */
export interface Crowd {
  readonly places: ReadonlyMap<Impression, Place>
  /** Those that went through lately, with what was believed of them then. */
  readonly gone: ReadonlyMap<Impression, FirstLook>
  readonly looks: Map<Impression, FirstLook>
  readonly strongDb: number
  readonly model: GateModel
}

/** Log odds by its own motion below which nobody's company says anything for it. */
export const hopeless = -9
/** Trails that share less than this have nothing to do with each other. */
const strangers = 0.2
/** Company is drawn to nothing as if by so many that say nothing. */
const drawnBy = 0.5

/** The first look at one of the crowd. */
export function firstLook({ places, gone, looks, strongDb, model }: Crowd, one: Impression): FirstLook {
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

/**
 * What is known of a tag when its company is known, too: all that the first look went by and what it said; what it says
 * of those that were read at the same times and sides, each as much as it is alike, and how many of them have gone
 * through; how strong tag and load were on either side against the habit of the gate; what was said of it before.
 */
export function secondEvidence(
  crowd: Crowd,
  own: Impression,
  place: Place,
  habit: Habit,
  past: Past | undefined,
  now: number,
): readonly number[] {
  const first = firstLook(crowd, own)
  const company = { weight: 0, moved: 0, inwards: 0, gone: 0, most: 0 }
  for (const other of crowd.places.keys()) {
    if (other === own) continue
    const alike = likeness(own.trail, other.trail)
    if (alike < strangers) continue
    const weight = alike ** 3
    const look = firstLook(crowd, other)
    company.weight += weight
    company.moved += weight * bounded(look.moved)
    company.inwards += weight * bounded(look.inwards)
    if (crowd.gone.has(other)) company.gone += weight
    company.most = Math.max(company.most, alike)
  }
  const all = company.weight + drawnBy
  const [loadWeaker, loadStronger] = againstHabit(habit, place.load.look)
  const [ownWeaker] = againstHabit(habit, own.look)
  return [
    first.moved,
    own.motion,
    company.moved / all,
    Math.log(1 + company.weight),
    company.most,
    company.gone / all,
    Math.abs(first.inwards),
    // How much the others say it went the same way.
    (Math.sign(first.inwards) * company.inwards) / all,
    loadWeaker,
    loadStronger,
    (loadWeaker + loadStronger) / 2,
    ownWeaker,
    past?.looks ?? 0,
    past === undefined ? 0 : past.sum / past.looks,
    past?.most ?? hopeless,
    Math.log(1 + (now - (past?.since ?? now)) / 1000),
    (now - (own.reads.at(-1)?.at ?? now)) / 1000,
    Math.min(3, own.look.sides.length),
    (now - own.look.crossedAt) / 1000,
    ...evidenceOf(own.look, place, crowd.strongDb, own.motion),
  ]
}

export function withLook(past: Past | undefined, { moved }: FirstLook, now: number): Past {
  const odds = bounded(moved)
  return {
    looks: (past?.looks ?? 0) + 1,
    sum: (past?.sum ?? 0) + odds,
    most: Math.max(past?.most ?? hopeless, odds),
    since: past?.since ?? now,
  }
}

/** No look outvotes the others. */
function bounded(odds: number): number {
  return Math.max(-8, Math.min(8, odds))
}
