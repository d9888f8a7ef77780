import type { Random } from '../../shared/clock.ts'
import { between, normal, pick } from './chance.ts'

/**
 * A dock door with antennas on both sides, drawn by chance: no two are alike. `along` is the way through the door, in
 * metres, negative outside; `across` is the way along the wall, 0 in the middle of the door.
 */
export interface Door {
  readonly antennas: readonly DoorAntenna[]
  /** Received power at 1 m in the antenna's axis, dBm, and how it falls with distance. */
  readonly atOneMetreDbm: number
  readonly pathLossExponent: number
  /** The level at which half of the looks succeed, dBm, and the width of that edge, dB. */
  readonly sensitivityDbm: number
  readonly edgeDb: number
  /** What an antenna loses of a tag behind it, dB. */
  readonly behindLossDb: number
  /** Antennas take turns of this length, ms; so many reads a second are possible in all. */
  readonly turnMs: number
  readonly readsPerSecond: number
  /** A tag that answered keeps silent for so long (Gen2 session S1), ms; 0 = session S0. */
  readonly silentMs: number
  /** Shadowing in time: standard deviation, dB, and memory, ms. */
  readonly slowSigmaDb: number
  readonly slowMemoryMs: number
  /** Fast fading, standard deviation of one look, dB. */
  readonly fastSigmaDb: number
  /** What a tag that stands still has of the two: echoes change as it moves. 1 = all of it (a hall full of traffic). */
  readonly standingShare: number
  /** Reads that are lost on top of all that. */
  readonly missedShare: number
  /** Smallest step of a level that the reader reports, dB. */
  readonly stepDb: number
}

export interface DoorAntenna {
  readonly side: 'outside' | 'inside'
  readonly along: number
  readonly across: number
  /** Degrees off the way through the door, towards its middle. */
  readonly turnedDegrees: number
}

/**
 * Two to eight antennas, any reader, any session: what a site may have built, as long as it was built to work. Tags are
 * heard from 5 to 11 m in front of an antenna, and all antennas have had their turn within 600 ms.
 */
export function drawDoor(random: Random, missedShare: number): Door {
  const perSide = pick([1, 1, 2, 2, 3, 4], random) ?? 1
  const offLine = within(0.2, 1.2, random)
  const turnedDegrees = within(0, 50, random)
  const half = within(1.3, 2.2, random)
  const flip = random() < 0.5 ? -1 : 1
  const antennas = (['outside', 'inside'] as const).flatMap((side) =>
    Array.from({ length: perSide }, (_, n): DoorAntenna => {
      const across = perSide === 1 ? half * flip * (random() < 0.5 ? 1 : -1) : half * (n % 2 === 0 ? 1 : -1)
      return { side, along: side === 'inside' ? offLine : -offLine, across, turnedDegrees }
    }),
  )
  // Readers take their antennas in the order of ports, and ports are wired as it came.
  if (random() < 0.5) antennas.sort((a, b) => a.across - b.across)
  const sensitivityDbm = within(-82, -72, random)
  const pathLossExponent = within(1.9, 2.8, random)
  return {
    antennas,
    atOneMetreDbm: sensitivityDbm + 10 * pathLossExponent * Math.log10(within(5, 11, random)),
    pathLossExponent,
    sensitivityDbm,
    edgeDb: within(1.5, 3, random),
    behindLossDb: within(10, 20, random),
    turnMs: Math.min(600 / antennas.length, pick([25, 50, 100, 200], random) ?? 50),
    readsPerSecond: within(100, 400, random),
    silentMs: random() < 0.6 ? 0 : within(200, 800, random),
    slowSigmaDb: within(1.5, 3.5, random),
    slowMemoryMs: within(1_000, 15_000, random),
    fastSigmaDb: within(1, 3, random),
    standingShare: 1,
    missedShare,
    stepDb: pick([0.5, 1], random) ?? 0.5,
  }
}

/** Level of a tag at one place before one antenna without shadowing and fading, dBm. */
export function meanLevelDbm(
  door: Door,
  antenna: DoorAntenna,
  along: number,
  across: number,
  heightMetres: number,
): number {
  const [u, v] = [along - antenna.along, across - antenna.across]
  const distance = Math.max(0.5, Math.hypot(u, v, heightMetres))
  const outwards = antenna.side === 'inside' ? 0 : Math.PI
  const turned = (antenna.turnedDegrees * Math.PI) / 180
  const towardsMiddle = antenna.across > 0 ? -1 : 1
  const [axisU, axisV] = [Math.cos(outwards) * Math.cos(turned), towardsMiddle * Math.sin(turned)]
  const cosine = (u * axisU + v * axisV) / distance
  // A patch antenna: 3 dB down at 35 degrees, then the floor of its back.
  const patternDb =
    cosine <= 0 ? door.behindLossDb : Math.min(door.behindLossDb, -34 * Math.log10(Math.max(cosine, 1e-3)))
  const passesWall = Math.sign(along) !== Math.sign(antenna.along) && Math.abs(across) > 2.5
  return door.atOneMetreDbm - 10 * door.pathLossExponent * Math.log10(distance) - patternDb - (passesWall ? 6 : 0)
}

export function within(low: number, high: number, random: Random): number {
  return low + random() * (high - low)
}

/** What a load does at the door; the truth that a decision is held against. */
export type Act = 'in' | 'out' | 'parked' | 'neighbour' | 'turn-back'

export interface Waypoint {
  readonly atMs: number
  readonly along: number
  readonly across: number
}

export interface Load {
  readonly act: Act
  /** In order of time; before the first and after the last it is not there. */
  readonly way: readonly Waypoint[]
  /** When its middle crosses the line of this door; passages only. */
  readonly crossesAtMs: number | undefined
  readonly tags: readonly LoadTag[]
}

export interface LoadTag {
  readonly id: string
  readonly along: number
  readonly across: number
  readonly heightMetres: number
  readonly offsetDb: number
}

/** A load of one to forty tags that arrives at `atMs` and does this. */
export function drawLoad(act: Act, atMs: number, id: string, random: Random): Load {
  const tags = drawTags(id, random)
  if (act === 'in' || act === 'out') return { act, tags, ...passage(act, atMs, random) }
  return { act, tags, way: strayWay(act, atMs, random), crossesAtMs: undefined }
}

/** The tags of a pallet, or a few by themselves. */
export function drawTags(id: string, random: Random): readonly LoadTag[] {
  const pallet = random() < 0.8
  const count = pallet ? between(5, 40, random) : between(1, 3, random)
  const palletOffsetDb = normal(random) * 1.5
  return Array.from({ length: count }, (_, n) => ({
    id: `${id}-${n}`,
    along: pallet ? within(-0.5, 0.5, random) : 0,
    across: pallet ? within(-0.4, 0.4, random) : 0,
    heightMetres: within(-0.8, 0.8, random),
    offsetDb: palletOffsetDb + normal(random) * 2.5,
  }))
}

function passage(act: 'in' | 'out', atMs: number, random: Random): Pick<Load, 'way' | 'crossesAtMs'> {
  const speed = speedOf(random)
  const sign = act === 'in' ? 1 : -1
  const from = -sign * within(4, 7, random)
  const to = sign * within(4, 7, random)
  const across = within(-0.8, 0.8, random)
  const way: Waypoint[] = []
  let now = atMs
  // Some were staged beside the door and wait there; some stay where they were put down behind it.
  if (random() < 0.3) {
    const aside = { along: -sign * within(2, 5, random), across: within(-4, 4, random) }
    way.push({ atMs: now, ...aside })
    now += within(5_000, 60_000, random)
    way.push({ atMs: now, ...aside })
    now += (Math.hypot(aside.along - from, aside.across - across) / speed) * 1000
  }
  way.push({ atMs: now, along: from, across })
  const crossesAtMs = now + (Math.abs(from) / speed) * 1000
  if (random() < 0.2) {
    const pauseMs = within(500, 3_000, random)
    const at = { along: sign * within(0.8, 2, random), across }
    way.push({ atMs: now + ((at.along - from) * sign * 1000) / speed, ...at })
    now += pauseMs
    way.push({ atMs: now + ((at.along - from) * sign * 1000) / speed, ...at })
  }
  now += (Math.abs(to - from) / speed) * 1000
  way.push({ atMs: now, along: to, across })
  if (random() < 0.3) {
    const aside = { along: sign * within(2, 6, random), across: within(-4, 4, random) }
    now += (Math.hypot(aside.along - to, aside.across - across) / speed) * 1000
    way.push({ atMs: now, ...aside }, { atMs: now + within(5_000, 60_000, random), ...aside })
  }
  return { way, crossesAtMs }
}

function strayWay(act: Act, atMs: number, random: Random): Waypoint[] {
  const sign = random() < 0.5 ? -1 : 1
  if (act === 'parked') {
    const along = sign * within(1.2, 6, random)
    const beside = { along, across: within(1.5, 5, random) * (random() < 0.5 ? -1 : 1) }
    return [
      { atMs, ...beside },
      { atMs: atMs + within(30_000, 180_000, random), ...beside },
    ]
  }
  const speed = speedOf(random)
  if (act === 'neighbour') {
    const across = within(4.5, 7, random) * (random() < 0.5 ? -1 : 1)
    const along = within(5, 8, random)
    return [
      { atMs, along: -sign * along, across },
      { atMs: atMs + (2 * along * 1000) / speed, along: sign * along, across },
    ]
  }
  const across = within(-0.8, 0.8, random)
  const from = within(4, 7, random)
  const turn = within(0.8, 2.5, random)
  const wayMs = ((from - turn) * 1000) / speed
  const stopMs = within(500, 6_000, random)
  return [
    { atMs, along: sign * from, across },
    { atMs: atMs + wayMs, along: sign * turn, across },
    { atMs: atMs + wayMs + stopMs, along: sign * turn, across },
    { atMs: atMs + 2 * wayMs + stopMs, along: sign * from, across },
  ]
}

/** A person who pushes a trolley, or a forklift. Metres a second. */
function speedOf(random: Random): number {
  return random() < 0.5 ? within(0.7, 1.6, random) : within(1, 2.5, random)
}

/** Where the middle of a load is; undefined while it is not there. */
export function placeOf(
  { way }: Load,
  atMs: number,
): { readonly along: number; readonly across: number; readonly stands: boolean } | undefined {
  const next = way.findIndex((point) => point.atMs >= atMs)
  const [before, after] = [way[next - 1], way[next]]
  if (before === undefined || after === undefined) return undefined
  const share = (atMs - before.atMs) / Math.max(1, after.atMs - before.atMs)
  return {
    along: before.along + share * (after.along - before.along),
    across: before.across + share * (after.across - before.across),
    stands: before.along === after.along && before.across === after.across,
  }
}
