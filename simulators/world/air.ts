import type { Random } from '../../shared/clock.ts'
import { normal } from './chance.ts'

/**
 * The air between one tag and one antenna, for the judge of locations: level, fading in time, and whether a look at the
 * tag succeeds. `radio.ts` is the simpler air of the demo, in which every look is independent of the one before.
 */
export interface Air {
  /** Shadowing that comes and goes (people, forklifts, doors), AR(1): standard deviation, dB, and memory, ms. */
  readonly slowSigmaDb: number
  readonly slowMemoryMs: number
  /** Fast fading: power of the direct path over that of the scattered ones, dB (Rician K). */
  readonly ricianKDb: number
  /** The level at which half of the looks succeed, dBm, and the width of that edge, dB. */
  readonly sensitivityDbm: number
  readonly edgeDb: number
  /** Share of the looks at a strong tag that succeed: the rest is lost to collisions and to the other tags' turns. */
  readonly heardShare: number
  /** A link is blocked (metal, a pallet in the way) so often, for so long, and then loses so much. */
  readonly blockedEveryMs: number
  readonly blockedForMs: number
  readonly blockedLossDb: number
}

/** One tag before one antenna; `meanDbm` may be set anew when the tag moves. Changed in place by `look`. */
export interface Link {
  meanDbm: number
  slowDb: number
  at: number
  blockedFrom: number
  blockedUntil: number
}

export function openLink(air: Air, meanDbm: number, at: number, random: Random): Link {
  const blockedFrom = at - air.blockedEveryMs * Math.log(1 - random())
  return {
    meanDbm,
    slowDb: normal(random) * air.slowSigmaDb,
    at,
    blockedFrom,
    blockedUntil: blockedFrom - air.blockedForMs * Math.log(1 - random()),
  }
}

/** One look at the tag: the level as a reader reports it, dBm in halves; undefined when the tag was not read. */
export function look(link: Link, air: Air, at: number, random: Random): number | undefined {
  const kept = Math.exp(-(at - link.at) / air.slowMemoryMs)
  link.slowDb = link.slowDb * kept + normal(random) * air.slowSigmaDb * Math.sqrt(1 - kept * kept)
  link.at = at
  while (at >= link.blockedUntil) {
    link.blockedFrom = link.blockedUntil - air.blockedEveryMs * Math.log(1 - random())
    link.blockedUntil = link.blockedFrom - air.blockedForMs * Math.log(1 - random())
  }
  if (random() >= air.heardShare) return undefined
  const lossDb = at >= link.blockedFrom ? air.blockedLossDb : 0
  const powerDbm = link.meanDbm + link.slowDb - lossDb + ricianDb(air.ricianKDb, random)
  const heard = 1 / (1 + Math.exp((air.sensitivityDbm - powerDbm) / air.edgeDb))
  return random() < heard ? Math.round(powerDbm * 2) / 2 : undefined
}

/** Fast fading of one look, dB; its power has mean 1. */
function ricianDb(kDb: number, random: Random): number {
  const k = 10 ** (kDb / 10)
  const scattered = Math.sqrt(1 / (2 * (k + 1)))
  const direct = Math.sqrt(k / (k + 1)) + normal(random) * scattered
  const across = normal(random) * scattered
  return 10 * Math.log10(direct * direct + across * across + 1e-12)
}
