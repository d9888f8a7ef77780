import { type Air, look, openLink } from '../../simulators/world/air.ts'
import { seededRandom } from '../../simulators/world/chance.ts'
import type { NamedRule } from './rule.ts'

/**
 * What no rule can do better: an observer of one tag between two antennas that is told what nobody can know, its level
 * at either side, the laws of shadow and fading, and how often tags are moved, and that weighs every read by Bayes
 * (all instants at which the last move may have been; for each the shadows of both links by a Kalman filter). It names a
 * side when it is `sureness` of it. Shadows that last half a minute cannot be told from a move of their size sooner.
 */
export function idealObserver(gapDb: number, air: Air, sureness: number): NamedRule {
  const fading = fadingOf(air)
  const shadowDb2 = air.slowSigmaDb ** 2
  const unheard = (at: number): Shadow => ({ db: 0, db2: shadowDb2, at })
  return {
    name: `ideal, ${100 * sureness} % sure`,
    open(homeDbm = Number.NaN) {
      let stories: Story[] = [{ weight: 1, side: 0, shadows: [unheard(0), unheard(0)] }]
      let last = 0
      return {
        take({ at, antenna, rssiDbm }) {
          const moved = 1 - Math.exp((last - at) / movedEveryMs)
          last = at
          const begun = ([0, 1] as const).map(
            (side): Story => ({
              weight: moved * shareOf(stories, 1 - side),
              side,
              shadows: [unheard(at), unheard(at)],
            }),
          )
          for (const story of stories) story.weight *= 1 - moved
          stories.push(...begun)
          let sum = 0
          for (const story of stories) {
            const shadow = story.shadows[antenna]
            if (shadow === undefined) throw new RangeError('The ideal observer knows two antennas.')
            const kept = Math.exp((shadow.at - at) / air.slowMemoryMs)
            const db2 = shadow.db2 * kept * kept + shadowDb2 * (1 - kept * kept)
            const db = shadow.db * kept
            const excessDb = rssiDbm - (antenna === story.side ? homeDbm : homeDbm - gapDb) - fading.db - db
            const spread = db2 + fading.db2
            story.shadows[antenna] = { db: db + (db2 / spread) * excessDb, db2: db2 * (1 - db2 / spread), at }
            story.weight *= Math.exp((-excessDb * excessDb) / (2 * spread)) / Math.sqrt(spread)
            sum += story.weight
          }
          for (const story of stories) story.weight /= sum
          stories = stories
            .filter(({ weight }) => weight > leastWeight)
            .sort((a, b) => b.weight - a.weight)
            .slice(0, mostStories)
        },
        passed: () => {},
        placeOf: () => [0, 1].find((side) => shareOf(stories, side) >= sureness),
      }
    },
  }
}

/** What the observer holds possible: the last move was to this side, at some instant. */
interface Story {
  weight: number
  readonly side: number
  /** By antenna. */
  readonly shadows: Shadow[]
}

/** What is known of the shadow of a link as of `at`: its mean, dB, and variance, dB². */
interface Shadow {
  readonly db: number
  readonly db2: number
  readonly at: number
}

/** So often the observer believes tags to be moved, ms. With rarer moves it is slower, and errs less. */
const movedEveryMs = 300_000
const mostStories = 80
const leastWeight = 1e-7

function shareOf(stories: readonly Story[], of: number): number {
  return stories.reduce((sum, { side, weight }) => (side === of ? sum + weight : sum), 0)
}

/** Mean and variance of the fast fading alone, with the steps of half a dB that readers report. */
function fadingOf(air: Air): { readonly db: number; readonly db2: number } {
  const still: Air = { ...air, slowSigmaDb: 0, heardShare: 1, sensitivityDbm: Number.NEGATIVE_INFINITY }
  const random = seededRandom(1)
  const link = openLink(still, 0, 0, random)
  const levels = Array.from({ length: 100_000 }, () => look(link, still, 0, random) ?? 0)
  const db = levels.reduce((sum, level) => sum + level, 0) / levels.length
  return { db, db2: levels.reduce((sum, level) => sum + (level - db) ** 2, 0) / levels.length }
}
