import type { Random } from '../../shared/clock.ts'
import { between, pick } from '../../simulators/world/chance.ts'
import { within } from '../../simulators/world/door.ts'

/** Metres along the way through the gate (negative outside), across it (0 in its middle), and above the floor. */
export type Spot = readonly [along: number, across: number, above: number]

export interface Panel {
  readonly side: 'outside' | 'inside'
  readonly at: Spot
  /** Where it looks, of length 1. */
  readonly facing: Spot
}

/**
 * The air of one gate, in which a level is not drawn but summed: the wave that comes straight and its echoes from the floor, the
 * walls, a few edges and whoever walks there add up or cancel each other. So a tag that moves by a hand's breadth, or a reader that
 * hops to another channel, hears another level, and a tag that stands hears the same one again.
 */
export interface Hall {
  readonly panels: readonly Panel[]
  readonly gainDb: number
  /** How fast a panel loses off its axis: its pattern is the cosine to this power. */
  readonly beam: number
  readonly behindLossDb: number
  /** Floor and walls: planes at a place on one axis, and the share of a wave that they throw back. */
  readonly mirrors: readonly { readonly axis: 1 | 2; readonly at: number; readonly share: number }[]
  readonly edges: readonly { readonly at: Spot; readonly share: number }[]
  /** Share that what walks or drives there throws back. */
  readonly passerShare: number
  /** Half of the opening in the wall that the gate is in, and what a wave loses through that wall; 0 = no wall. */
  readonly halfOpening: number
  readonly wallLossDb: number
}

const layouts = ['outwards', 'across', 'overhead', 'apart'] as const

/** One to three panels on each side: in the gate looking outwards, across it, down from above it, or metres away from it. */
export function drawHall(random: Random): Hall {
  const layout = pick(layouts, random) ?? 'outwards'
  const perSide = pick([1, 1, 2, 2, 3], random) ?? 1
  const halfOpening = within(1.2, 2.5, random)
  const offLine = within(0.1, 1.5, random)
  const turned = (within(0, 40, random) * Math.PI) / 180
  const flip = pick([0, 1], random) ?? 0
  const panels = (['outside', 'inside'] as const).flatMap((side) =>
    Array.from({ length: perSide }, (_, n) => {
      const hand = (n + (side === 'inside' ? flip : 0)) % 2 === 0 ? 1 : -1
      return drawPanel(layout, side, { offLine, across: hand * halfOpening, turned, isOnly: perSide === 1 }, random)
    }),
  )
  return {
    panels,
    gainDb: within(5, 9, random),
    beam: Math.log(0.5) / Math.log(Math.cos((within(55, 90, random) * Math.PI) / 360)),
    behindLossDb: within(10, 25, random),
    mirrors: [
      { axis: 2, at: 0, share: within(0.2, 0.6, random) },
      { axis: 1, at: within(3, 12, random), share: within(0.2, 0.7, random) },
      { axis: 1, at: -within(3, 12, random), share: within(0.2, 0.7, random) },
    ],
    edges: Array.from({ length: between(2, 7, random) }, () => ({
      at: [within(-7, 7, random), within(-6, 6, random), within(0, 3, random)] as const,
      share: within(0.05, 0.35, random),
    })),
    passerShare: within(0, 0.4, random),
    halfOpening,
    wallLossDb: random() < 0.6 ? within(3, 12, random) : 0,
  }
}

function drawPanel(
  layout: (typeof layouts)[number],
  side: 'outside' | 'inside',
  { offLine, across, turned, isOnly }: { offLine: number; across: number; turned: number; isOnly: boolean },
  random: Random,
): Panel {
  const out = side === 'inside' ? 1 : -1
  const hand = Math.sign(across)
  const above = within(0.6, 2.2, random)
  switch (layout) {
    case 'outwards':
      return { side, at: [out * offLine, across, above], facing: [out * Math.cos(turned), -hand * Math.sin(turned), 0] }
    case 'across':
      return { side, at: [out * Math.max(0.3, offLine), across, above], facing: unit([out * 0.3, -hand, 0]) }
    case 'overhead': {
      const facing = unit([out * Math.sin(turned + 0.2), 0, -1])
      return { side, at: [out * offLine, isOnly ? 0 : across * 0.5, above + 2], facing }
    }
    case 'apart': {
      const facing = unit([-out * within(-0.3, 0.6, random), -hand, 0])
      return { side, at: [out * within(1.5, 3, random), across, above], facing }
    }
  }
}

/** A tag is a dipole: it hears nothing along its own axis. */
export interface Dipole {
  readonly at: Spot
  readonly axis: Spot
}

/** What arrives of one panel's power at a tag, or the other way round, dB. */
export function arrivingDb(
  hall: Hall,
  panel: Panel,
  tag: Dipole,
  passers: readonly Spot[],
  wavelength: number,
): number {
  let [real, imaginary] = [0, 0]
  const add = (share: number, facing: Spot, leaves: Spot, arrives: Spot, metres: number) => {
    const length = Math.max(0.2, metres)
    const amplitude =
      (share * patternOf(hall, facing, leaves) * hearing(tag, arrives) * wavelength) / (4 * Math.PI * length)
    const phase = (2 * Math.PI * length) / wavelength
    real += amplitude * Math.cos(phase)
    imaginary -= amplitude * Math.sin(phase)
  }
  const straight = fromTo(panel.at, tag.at)
  add(
    passesWall(hall, panel.at, tag.at) ? 10 ** (-hall.wallLossDb / 20) : 1,
    panel.facing,
    unit(straight),
    unit(straight),
    size(straight),
  )
  for (const { axis, at, share } of hall.mirrors) {
    const seen = fromTo(mirrored(panel.at, axis, at), tag.at)
    add(share, mirrored(panel.facing, axis, 0), unit(seen), unit(seen), size(seen))
  }
  const thrownBack = (at: Spot, share: number) => {
    const [to, from] = [fromTo(panel.at, at), fromTo(at, tag.at)]
    add(share, panel.facing, unit(to), unit(from), Math.max(0.3, size(to)) + Math.max(0.3, size(from)))
  }
  for (const { at, share } of hall.edges) thrownBack(at, share)
  for (const at of passers) if (size(fromTo(at, tag.at)) > 0.7) thrownBack(at, hall.passerShare)
  return 10 * Math.log10(real * real + imaginary * imaginary + 1e-18)
}

function patternOf({ gainDb, beam, behindLossDb }: Hall, facing: Spot, way: Spot): number {
  const cosine = product(facing, way)
  const lossDb = cosine <= 0 ? behindLossDb : Math.min(behindLossDb, -10 * beam * Math.log10(cosine))
  return 10 ** ((gainDb - lossDb) / 20)
}

function hearing({ axis }: Dipole, way: Spot): number {
  return Math.sqrt(Math.max(0.02, 1 - product(axis, way) ** 2))
}

function passesWall({ halfOpening }: Hall, from: Spot, to: Spot): boolean {
  if (Math.sign(from[0]) === Math.sign(to[0])) return false
  const share = Math.abs(from[0]) / Math.max(0.05, Math.abs(to[0] - from[0]))
  return Math.abs(from[1] + (to[1] - from[1]) * share) > halfOpening * 1.2
}

function mirrored(spot: Spot, axis: 1 | 2, at: number): Spot {
  return axis === 1 ? [spot[0], 2 * at - spot[1], spot[2]] : [spot[0], spot[1], 2 * at - spot[2]]
}

/** How far a spot is from the way between two others, where it lies between them. */
export function besideWay(from: Spot, to: Spot, spot: Spot): number {
  const way = fromTo(from, to)
  const ahead = product(fromTo(from, spot), unit(way))
  if (ahead < 0.3 || ahead > size(way) - 0.6) return Number.POSITIVE_INFINITY
  return Math.sqrt(Math.max(0, size(fromTo(from, spot)) ** 2 - ahead ** 2))
}

export function unit(spot: Spot): Spot {
  const length = size(spot) || 1
  return [spot[0] / length, spot[1] / length, spot[2] / length]
}

export function fromTo(from: Spot, to: Spot): Spot {
  return [to[0] - from[0], to[1] - from[1], to[2] - from[2]]
}

export function size([x, y, z]: Spot): number {
  return Math.hypot(x, y, z)
}

function product(one: Spot, other: Spot): number {
  return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]
}
