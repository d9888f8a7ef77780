import {
  type BeamModel,
  type BesideLight,
  judgeBeams,
  takeBeamChange,
  takeBeamRead,
  watchBeams,
} from '../../edge/gate/beam-watch.ts'
import { seededRandom } from '../../simulators/world/chance.ts'
import { drawDoor } from '../../simulators/world/door.ts'
import { type BeamEvent, drawBeams, oneSided, throughLight } from '../../simulators/world/door-beams.ts'
import { doorDay, type Mix } from '../../simulators/world/door-day.ts'
import { type Decided, gateReadOf, type SimulatedGate } from './simulated.ts'

/** A door with antennas on one side and two light barriers. */
export interface BeamGate extends SimulatedGate {
  readonly beams: readonly BeamEvent[]
}

export function simulateBeamGate(seed: number, mix: Mix, missedShare: number): BeamGate {
  const random = seededRandom(seed)
  const door = oneSided(drawDoor(random, missedShare), random)
  const hung = drawBeams(random)
  const drawn = doorDay(door, mix, random)
  const { loads, events } = throughLight(hung, drawn.loads, random)
  const loadOf = new Map(loads.flatMap((load) => load.tags.map(({ id }) => [id, load] as const)))
  const day = { loads, reads: drawn.reads.filter(({ epc }) => loadOf.has(epc)) }
  return { door, day, loadOf, beams: events }
}

const tickMs = 500

/** The gate watched as a gateway watches it: reads and light barriers in order of time. */
export function watchBeamGate(
  { door, day, beams }: BeamGate,
  model?: BeamModel,
  onLook?: (seen: BesideLight) => void,
): Decided[] {
  const watch = watchBeams()
  const passages: Decided[] = []
  let now = 0
  const passTo = (at: number) => {
    for (; now <= at; now += tickMs)
      judgeBeams(watch, now, (passed) => passages.push({ ...passed, decidedAt: now }), model, onLook)
  }
  let next = 0
  const takeBeams = (until: number) => {
    for (let beam = beams[next]; beam !== undefined && beam.at <= until; next += 1, beam = beams[next]) {
      passTo(beam.at)
      takeBeamChange(watch, beam)
    }
  }
  for (const read of day.reads) {
    takeBeams(read.at)
    passTo(read.at)
    takeBeamRead(watch, read.epc, gateReadOf(door, read))
  }
  takeBeams(Number.POSITIVE_INFINITY)
  passTo(now + 30_000)
  return passages
}
