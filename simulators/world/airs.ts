import type { Air } from './air.ts'

/**
 * The airs that locations are judged in. Frozen: an engine is fitted to them never the other way round.
 *
 * `recorded` is fitted to the 75 still tags of run-x1 of the recorded gate runs (Impinj, four antennas, 30 dBm, session
 * 1, 865.7 MHz; 177 pairs of tag and antenna). Recorded → simulated: standard deviation of a pair 1.90 → 1.93 dB, gap
 * between its reads 1.78 → 1.80 s (median) and 7.9 → 6.8 s (nine of ten), correlation of levels 1–2 s apart
 * 0.56 → 0.50, 8–16 s apart 0.23 → 0.26. `test/simulators/world/air.test.ts` holds it to that.
 */
export const recorded: Air = {
  slowSigmaDb: 1.9,
  slowMemoryMs: 25_000,
  ricianKDb: 13,
  sensitivityDbm: -75,
  edgeDb: 2,
  heardShare: 0.3,
  blockedEveryMs: 1e15,
  blockedForMs: 1,
  blockedLossDb: 0,
}
/** Looks of the recorded reader at one tag by one antenna follow each other so, ms. */
export const recordedLookMs = 450

/**
 * Every look independent, standard deviation 4 dB, reads of one antenna 1.5 s apart and never less than 0.5 s: the model
 * in which the rules of other systems were first compared.
 */
export const white: Air = { ...recorded, slowSigmaDb: 0, ricianKDb: 3.4, heardShare: 1 / 3 }
export const whiteLookMs = 500

/**
 * Worse than recorded in everything: strong fading and shadowing, and links blocked by metal or a pallet for 20 s in
 * every ten minutes, in which most reads are lost.
 */
export const rough: Air = {
  ...recorded,
  slowSigmaDb: 3.5,
  ricianKDb: 4.5,
  heardShare: 0.25,
  blockedEveryMs: 600_000,
  blockedForMs: 20_000,
  blockedLossDb: 12,
}
