import { recorded, rough } from './airs.ts'
import type { Floor } from './floor.ts'

/** The two halls that slots are judged in. Frozen, as the airs are. A port is visited every 3.2 s. */
const hour = 3_600_000

/** Air as recorded; the neighbouring slots hear a tag 16 dB weaker, give or take 3 dB, and as often in all. */
export const standardFloor: Floor = {
  air: { ...recorded, heardShare: 0.7 },
  shieldDb: 8,
  linkSpreadDb: 2,
  relocationEveryMs: 120_000,
  crossReadShare: 0.002,
  ghostShare: 0.0005,
  forMs: hour,
}

/** Rough air, thin shields, many reflections and ghosts, and one of two visits hears nothing. */
export const harshFloor: Floor = {
  air: { ...rough, heardShare: 0.5 },
  shieldDb: 5,
  linkSpreadDb: 3,
  relocationEveryMs: 60_000,
  crossReadShare: 0.02,
  ghostShare: 0.005,
  forMs: hour,
}
