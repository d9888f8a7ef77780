import type { GateModel } from '../../edge/gate/model.ts'
import type { GateRead } from '../../edge/gate/read.ts'
import { judgeDue, type Passed, type Seen, takeGateRead, watchGate } from '../../edge/gate/watch.ts'
import { seededRandom } from '../../simulators/world/chance.ts'
import { type Door, drawDoor, type Load } from '../../simulators/world/door.ts'
import { type DoorDay, doorDay, type Mix } from '../../simulators/world/door-day.ts'

export interface SimulatedGate {
  readonly door: Door
  readonly day: DoorDay
  readonly loadOf: ReadonlyMap<string, Load>
}

export function simulateGate(seed: number, mix: Mix, missedShare: number): SimulatedGate {
  const random = seededRandom(seed)
  const door = drawDoor(random, missedShare)
  const day = doorDay(door, mix, random)
  return { door, day, loadOf: new Map(day.loads.flatMap((load) => load.tags.map(({ id }) => [id, load] as const))) }
}

export function gateReadOf(door: Door, { at, antenna, rssiDbm }: DoorDay['reads'][number]): GateRead {
  return { at, antenna, side: door.antennas[antenna]?.side ?? 'outside', rssiDb: rssiDbm }
}

/** Time goes on at the edge in such steps. */
const tickMs = 500

export interface Decided extends Passed {
  /** Event time at which it was said. */
  readonly decidedAt: number
}

/** The gate watched as a gateway watches it, read by read. */
export function watchSimulated(
  { door, day }: SimulatedGate,
  model?: GateModel,
  onLook?: (seen: Seen, now: number) => void,
): Decided[] {
  const watch = watchGate()
  const passages: Decided[] = []
  let now = 0
  const passTo = (at: number) => {
    for (; now <= at; now += tickMs) {
      judgeDue(
        watch,
        now,
        (passed) => passages.push({ ...passed, decidedAt: now }),
        model,
        onLook && ((seen) => onLook(seen, now)),
      )
    }
  }
  for (const read of day.reads) {
    passTo(read.at)
    takeGateRead(watch, read.epc, gateReadOf(door, read))
  }
  passTo(now + 30_000)
  return passages
}
