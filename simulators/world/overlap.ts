import type { Random } from '../../shared/clock.ts'
import { type Air, look, openLink } from './air.ts'
import { normal } from './chance.ts'

/** A read as an antenna makes it, in a scenario that numbers its antennas and tags. */
export interface AntennaRead {
  readonly at: number
  readonly antenna: number
  readonly tag: number
  readonly rssiDbm: number
}

/**
 * One tag between two antennas that both hear it: it lies still at antenna 0, which hears it `gapDb` better, then is
 * carried to where antenna 1 hears it better by as much.
 */
export interface Overlap {
  readonly gapDb: number
  readonly air: Air
  readonly lookMs: number
  readonly stillMs: number
  readonly afterMs: number
  /** From then on it is carried back, and over again, each time so long after; not given: it stays. */
  readonly backAfterMs?: number | undefined
}

/** Level of an average tag at the antenna it belongs to, and the spread of tags, dB. */
const averageDbm = -62
const tagSpreadDb = 2

/** Level of a tag at the antenna it belongs to, dBm: the first thing that chance decides of it. */
export function homeDbmOf(random: Random): number {
  return averageDbm + normal(random) * tagSpreadDb
}

/** The reads of one tag, in their order. The move is at `stillMs`, the first one if it is carried back. */
export function* overlapReads(overlap: Overlap, tag: number, random: Random): Generator<AntennaRead, void, void> {
  const { gapDb, air, lookMs, stillMs, afterMs, backAfterMs = Number.POSITIVE_INFINITY } = overlap
  const home = homeDbmOf(random)
  const links = [openLink(air, home, 0, random), openLink(air, home - gapDb, 0, random)]
  const phases = links.map(() => random() * lookMs)
  let movesAt = stillMs
  let side = 0
  for (let round = 0; round * lookMs < stillMs + afterMs; round += 1) {
    const order = (phases[0] ?? 0) <= (phases[1] ?? 0) ? [0, 1] : [1, 0]
    for (const antenna of order) {
      const link = links[antenna]
      const at = Math.round(round * lookMs + (phases[antenna] ?? 0))
      if (link === undefined) continue
      if (at >= movesAt) {
        movesAt += backAfterMs
        side = 1 - side
        // Other surroundings at the new place: the shadows are drawn anew, and the levels change sides.
        for (const index of links.keys()) {
          links[index] = openLink(air, index === side ? home : home - gapDb, at, random)
        }
      }
      const rssiDbm = look(links[antenna] ?? link, air, at, random)
      if (rssiDbm !== undefined) yield { at, antenna, tag, rssiDbm }
    }
  }
}
