import type { Suspect } from '../../edge/gate/judge.ts'
import type { GateRead } from '../../edge/gate/read.ts'
import type { Random } from '../../shared/clock.ts'
import { between, normal, pick, seededRandom } from '../../simulators/world/chance.ts'
import {
  type Door,
  drawDoor,
  drawLoad,
  drawTags,
  type Load,
  type Waypoint,
  within,
} from '../../simulators/world/door.ts'
import { readsOf } from '../../simulators/world/door-day.ts'

/** What a tag of a recorded run did, all in all; who goes several times has gone where it went last. */
export type Truth = 'in' | 'out' | 'none'

/** A made-up recorded run of a made-up gate. */
export interface MadeRun {
  readonly suspects: readonly Suspect[]
  readonly truthOf: ReadonlyMap<string, Truth>
}

/** What is done to a run: what readers, sites and files differ in. Left out = as the door has it. */
export interface Twist {
  /** Share of the reads that is kept, on top of what the reader loses anyway. */
  readonly kept?: number
  /** Everything on wheels goes so many times as fast. */
  readonly faster?: number
  /** Antennas outside hear so much less, dB. */
  readonly weakerOutsideDb?: number
  /** A level of 1 dB is told as so many: a vendor's scale that is nearly in dB. */
  readonly stretch?: number
}

export type Scene = 'one load' | 'busy' | 'to and fro' | 'standing only'
export const scenes: readonly Scene[] = ['one load', 'busy', 'to and fro', 'standing only']

/** Gates less tidy than those of `drawDoor`: antennas that hear backwards, look at each other, or stand far apart. */
function anyDoor(random: Random): Door {
  const door = drawDoor(random, within(0, 0.5, random))
  const behindLossDb = within(5, 20, random)
  const wider = within(0.8, 1.8, random)
  const turnedDegrees = random() < 0.3 ? within(30, 90, random) : undefined
  const antennas = door.antennas.map((antenna) => ({
    ...antenna,
    along: antenna.along * wider,
    turnedDegrees: turnedDegrees ?? antenna.turnedDegrees,
  }))
  return { ...door, antennas, behindLossDb, edgeDb: within(1.5, 5, random), standingShare: within(0.3, 0.8, random) }
}

export function makeRun(seed: number, scene: Scene, twist: Twist = {}): MadeRun {
  const random = seededRandom(seed)
  const door = anyDoor(random)
  // Often there are but a few tags, whatever they are on.
  const most = random() < 0.5 ? 40 : between(1, 6, random)
  const loads = loadsOf(scene, random)
    .map((load) => hurried(load, twist.faster ?? 1))
    .map((load) => ({ ...load, tags: load.tags.slice(0, most) }))
  const byEpc = new Map<string, GateRead[]>()
  for (const { at, epc, antenna, rssiDbm } of readsOf(door, loads, random)) {
    if (random() >= (twist.kept ?? 1)) continue
    const side = door.antennas[antenna]?.side ?? 'outside'
    const level = (rssiDbm - (side === 'outside' ? (twist.weakerOutsideDb ?? 0) : 0)) * (twist.stretch ?? 1)
    const reads = byEpc.get(epc) ?? []
    byEpc.set(epc, reads)
    reads.push({ at, side, antenna, rssiDb: level })
  }
  return { suspects: [...byEpc].map(([epc, reads]) => ({ epc, reads })), truthOf: truthOf(loads) }
}

export function truthOf(loads: readonly Load[]): Map<string, Truth> {
  return new Map(
    loads
      .flatMap(({ act, tags }) => tags.map(({ id }) => [id, act] as const))
      .map(([id, act]) => [id, act === 'in' || act === 'out' ? act : 'none'] as const),
  )
}

export function loadsOf(scene: Scene, random: Random): Load[] {
  const way = () => pick(['in', 'out'] as const, random) ?? 'in'
  switch (scene) {
    case 'one load': {
      const load = drawLoad(way(), 3_000, 'a', random)
      const until = load.way.at(-1)?.atMs ?? 3_000
      return [load, ...standing(between(0, 3, random), until, random)]
    }
    case 'busy': {
      const acts = ['in', 'out', 'in', 'out', 'turn-back', 'neighbour'] as const
      const loads: Load[] = []
      let now = 2_000
      for (let n = between(2, 5, random); n > 0; n -= 1) {
        const load = drawLoad(pick(acts, random) ?? 'in', now, `a${n}`, random)
        loads.push(load)
        now = (load.way.at(-1)?.atMs ?? now) + within(500, 6_000, random)
      }
      return [...loads, ...standing(between(1, 3, random), now, random)]
    }
    case 'to and fro': {
      const load = toAndFro('a', random)
      return [load, ...standing(between(1, 3, random), load.way.at(-1)?.atMs ?? 0, random)]
    }
    case 'standing only':
      return standing(between(1, 4, random), within(10_000, 90_000, random), random)
  }
}

/** Pallets that stand somewhere near, even between the antennas, for the whole run or a part of it. */
export function standing(count: number, untilMs: number, random: Random): Load[] {
  return Array.from({ length: count }, (_, n) => {
    const along = random() < 0.4 ? within(-1.2, 1.2, random) : within(1.2, 6, random) * (random() < 0.5 ? -1 : 1)
    const across = within(0.8, 4, random) * (random() < 0.5 ? -1 : 1)
    const from = random() < 0.7 ? 0 : within(0, 0.5, random) * untilMs
    return {
      ...{ act: 'parked', crossesAtMs: undefined, tags: drawTags(`p${n}`, random) },
      way: [
        { atMs: from, along, across },
        { atMs: Math.max(from + 5_000, untilMs), along, across },
      ],
    }
  })
}

function toAndFro(id: string, random: Random): Load {
  const way: Waypoint[] = []
  const speed = within(0.6, 2, random)
  const across = within(-0.8, 0.8, random)
  const turnsMs = random() < 0.5 ? 0 : within(0, 8_000, random)
  const depth = within(1.5, 7, random)
  let sign = random() < 0.5 ? -1 : 1
  let now = 1_000
  const crossings = between(2, 12, random)
  for (let n = 0; n <= crossings; n += 1, sign = -sign) {
    const along = sign * depth * within(0.8, 1.2, random)
    way.push({ atMs: now, along, across: across + normal(random) * 0.1 })
    const stays = turnsMs * within(0.5, 1.5, random)
    if (stays > 0) way.push({ atMs: now + stays, along, across })
    now += stays + (2 * depth * 1000) / speed
  }
  return { act: sign > 0 ? 'out' : 'in', crossesAtMs: way[0]?.atMs ?? 0, way, tags: drawTags(id, random) }
}

export function hurried(load: Load, factor: number): Load {
  const [start] = load.way
  if (start === undefined || load.act === 'parked') return load
  const way = load.way.map((point) => ({ ...point, atMs: start.atMs + (point.atMs - start.atMs) / factor }))
  return { ...load, way }
}
