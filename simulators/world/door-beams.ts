import type { Random } from '../../shared/clock.ts'
import { normal } from './chance.ts'
import { type Door, type DoorAntenna, type Load, placeOf, within } from './door.ts'

/** Two light barriers in a door, as they were hung; metres from the line, the outer one at `-apartMetres`. */
export interface DoorBeams {
  readonly apartMetres: number
  /** How long the input of the reader takes to follow, ms. */
  readonly lagMs: number
  /** Share of the loads whose gaps let the light through while they pass. */
  readonly flickerShare: number
}

/** The light of one barrier is cut or free again. */
export interface BeamEvent {
  readonly at: number
  readonly side: DoorAntenna['side']
  readonly isBroken: boolean
}

/** The same door with the antennas of one side only. */
export function oneSided(door: Door, random: Random): Door {
  const side = random() < 0.5 ? 'inside' : 'outside'
  return { ...door, antennas: door.antennas.filter((antenna) => antenna.side === side) }
}

export function drawBeams(random: Random): DoorBeams {
  return { apartMetres: within(0.15, 0.5, random), lagMs: within(5, 60, random), flickerShare: 0.3 }
}

/** Half of a load, and what drives it: a person with a trolley, or a forklift. Metres. */
const halfLoad = 0.6
const vehicle = { least: 0.6, most: 2.4 }
const halfDoor = 1.3
const stepMs = 20
/** No two vehicles share a door: they are so far apart, ms. */
const apartMs = { loads: 2_000, empty: 4_000 }

/**
 * What goes through this light, and what its barriers tell: of loads, and of vehicles that go back without one, which is
 * when a pallet that stands beside the door must not be told. Left out are loads that would drive through the door
 * together with an earlier one, or right behind it.
 */
export function throughLight(beams: DoorBeams, all: readonly Load[], random: Random) {
  const cuts: Span[] = []
  const isBusy = (from: number, to: number, apart: number) =>
    cuts.some((cut) => cut.from - apart < to && from < cut.to + apart)
  const loads = all.filter((load) => {
    const spans = spansOf(load, beams.apartMetres, random)
    const [from, to] = [Math.min(...spans.map((span) => span.from)), Math.max(...spans.map((span) => span.to))]
    if (isBusy(from, to, apartMs.loads)) return false
    cuts.push(...spans)
    return true
  })
  for (const { act, way } of loads) {
    const at = (way.at(-1)?.atMs ?? 0) + within(0, 20_000, random)
    const throughMs = (1000 * within(1, 3, random)) / within(0.8, 2.5, random)
    if ((act !== 'in' && act !== 'out') || isBusy(at, at + throughMs, apartMs.empty)) continue
    const betweenMs = (throughMs * 2 * beams.apartMetres) / 2.5
    const sides = act === 'in' ? (['inside', 'outside'] as const) : (['outside', 'inside'] as const)
    sides.forEach((side, n) => {
      cuts.push({ side, from: at + n * betweenMs, to: at + n * betweenMs + throughMs })
    })
  }
  return { loads, events: told(beams, merged(cuts), random) }
}

function told({ lagMs, flickerShare }: DoorBeams, cuts: readonly Span[], random: Random): readonly BeamEvent[] {
  const events: BeamEvent[] = []
  for (const { side, from, to } of cuts) {
    const lateMs = lagMs * Math.exp(normal(random) * 0.3)
    const tell = (at: number, isBroken: boolean) => events.push({ at: Math.round(at + lateMs), side, isBroken })
    tell(from, true)
    if (random() < flickerShare && to - from > 400) {
      const gap = within(from + 100, to - 250, random)
      tell(gap, false)
      tell(gap + within(30, 120, random), true)
    }
    tell(to, false)
  }
  return events.sort((a, b) => a.at - b.at)
}

/** Two that stand in one light at once cut it once. */
function merged(cuts: readonly Span[]): Span[] {
  const spans: Span[] = []
  for (const cut of cuts.toSorted((a, b) => a.from - b.from)) {
    const before = spans.findLast(({ side }) => side === cut.side)
    if (before !== undefined && cut.from <= before.to + 200) before.to = Math.max(before.to, cut.to)
    else spans.push({ ...cut })
  }
  return spans
}

interface Span {
  readonly side: BeamEvent['side']
  readonly from: number
  to: number
}

/** When a load and what drives it stand in the light of each barrier. */
function spansOf(load: Load, apartMetres: number, random: Random): Span[] {
  const spans: Span[] = []
  const isPassing = load.act === 'in' || load.act === 'out' || load.act === 'turn-back'
  const isPulled = random() < 0.3
  const drivenBy = within(vehicle.least, vehicle.most, random)
  // Ahead of the load is where it goes through; what turns back comes out backwards.
  const inwards = load.act === 'turn-back' ? (load.way[0]?.along ?? 0) < 0 : load.act === 'in'
  const ahead = (isPulled ? drivenBy : 0) + halfLoad
  const behind = (isPulled ? 0 : drivenBy) + halfLoad
  const [low, high] = inwards ? [-behind, ahead] : [-ahead, behind]
  const end = load.way.at(-1)?.atMs ?? 0
  for (const [side, at] of [
    ['outside', -apartMetres],
    ['inside', apartMetres],
  ] as const) {
    let since: number | undefined
    for (let now = load.way[0]?.atMs ?? 0; isPassing && now <= end; now += stepMs) {
      const place = placeOf(load, now)
      const cuts =
        place !== undefined &&
        !isStaged(load, now) &&
        Math.abs(place.across) < halfDoor &&
        place.along + low <= at &&
        place.along + high >= at
      if (cuts) since ??= now
      else if (since !== undefined) {
        spans.push({ side, from: since, to: now })
        since = undefined
      }
    }
    if (since !== undefined) spans.push({ side, from: since, to: end })
  }
  return spans
}

/** It was put down and waits, and what drove it has left. */
function isStaged({ way }: Load, now: number): boolean {
  const next = way.findIndex(({ atMs }) => atMs >= now)
  const [before, after] = [way[next - 1], way[next]]
  if (before === undefined || after === undefined) return false
  return before.along === after.along && after.atMs - before.atMs > 4_000
}
