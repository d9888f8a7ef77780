import type { Random } from '../../shared/clock.ts'
import { normal } from './chance.ts'

/**
 * Link budget of one tag before one antenna: received power falls with the logarithm of the distance, every tag has
 * its own offset, every look its own fading; power decides by chance whether the tag is read at all. Calibrated so
 * that a tag in front of its antenna is read in 60–95 % of the looks, as deployed readers do.
 */
export interface Path {
  /** Received power at 1 m, dBm. */
  readonly atOneMetreDbm: number
  readonly distanceMetres: number
  /** What stands or faces in the way, dB. */
  readonly lossDb: number
}

/** Rack antennas work at low power. */
export const rackAntennaDbm = -59.4
export const portalAntennaDbm = -45

const pathLossExponent = 2.2
const fadingDb = 3
const sensitivityDbm = -62
/** Decibels from a coin toss to "almost surely". */
const slopeDb = 3

/** Power of one look, dBm, to the half decibel that readers report; `undefined` when the tag was not read. */
export function lookAtTag(path: Path, tagOffsetDb: number, random: Random): number | undefined {
  const powerDbm = meanPowerDbm(path) + tagOffsetDb + normal(random) * fadingDb
  const probability = 1 / (1 + Math.exp(-(powerDbm - sensitivityDbm) / slopeDb))
  return random() < probability ? Math.round(powerDbm * 2) / 2 : undefined
}

/** Received power without the tag's offset and fading, dBm. */
function meanPowerDbm(path: Path): number {
  return path.atOneMetreDbm - 10 * pathLossExponent * Math.log10(path.distanceMetres) - path.lossDb
}
