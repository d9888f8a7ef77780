import { identifierPattern } from '../../../../shared/identifier-pattern.ts'
import type { Slot } from '../../../../shared/site-map.ts'

/**
 * Racks as people describe them: so many aisles, each with racks on one side or both, each rack with levels, each
 * level with places for one load unit. Metres; the first aisle begins at `x`, `y`.
 */
export interface RackPattern {
  readonly zone: string
  /** With {aisle}, {side}, {rack}, {level} and {position} in it; {rack:2} is 01, {aisle:A} counts A, B … Z, AA. */
  readonly naming: string
  readonly aisles: number
  readonly firstAisle: number
  readonly sides: 'left' | 'both'
  /** What {side} says. */
  readonly sideNames: readonly [left: string, right: string]
  /** On each side of an aisle. */
  readonly racks: number
  readonly firstRack: number
  readonly levels: number
  readonly firstLevel: number
  readonly positions: number
  readonly x: number
  readonly y: number
  /** Which way somebody walks who goes along an aisle; left and right are as they see it. */
  readonly direction: 'right' | 'down'
  /** Of one position, along the aisle. */
  readonly slotWidth: number
  /** Of one position, away from the aisle. */
  readonly slotDepth: number
  readonly aisleWidth: number
  /** Between two racks of a row. */
  readonly rackGap: number
  /** Between the backs of two aisles. */
  readonly backGap: number
}

export type PatternFlaw =
  | { readonly flaw: 'too-many'; readonly slots: number; readonly most: number }
  | { readonly flaw: 'not-a-count'; readonly field: keyof RackPattern }
  | { readonly flaw: 'not-a-length'; readonly field: keyof RackPattern }
  | { readonly flaw: 'unknown-part'; readonly part: string }
  | { readonly flaw: 'not-a-name'; readonly name: string }
  | { readonly flaw: 'twice'; readonly name: string }

export type PatternResult =
  | { readonly ok: true; readonly slots: readonly Slot[] }
  | { readonly ok: false; readonly flaws: readonly PatternFlaw[] }

/** As many as a map may hold. */
export const mostSlots = 100_000
const mostLevel = 99
const counts = ['aisles', 'racks', 'levels', 'positions'] as const
const firsts = ['firstAisle', 'firstRack', 'firstLevel'] as const
const lengths = ['slotWidth', 'slotDepth'] as const
const gaps = ['aisleWidth', 'rackGap', 'backGap'] as const
const millimetre = 1000

export const examplePattern: RackPattern = {
  zone: '',
  naming: '{aisle:2}-{side}{rack:2}-{level}-{position}',
  aisles: 2,
  firstAisle: 1,
  sides: 'both',
  sideNames: ['L', 'R'],
  racks: 4,
  firstRack: 1,
  levels: 3,
  firstLevel: 0,
  positions: 3,
  x: 2,
  y: 2,
  direction: 'right',
  slotWidth: 0.9,
  slotDepth: 1.1,
  aisleWidth: 3,
  rackGap: 0.1,
  backGap: 0.2,
}

/** The slots of a pattern, in the order in which somebody would count them; or everything that is wrong with it. */
export function slotsByPattern(pattern: RackPattern): PatternResult {
  const flaws = flawsOf(pattern)
  if (flaws.length > 0) return { ok: false, flaws }
  const slots: Slot[] = []
  const names = new Set<string>()
  const { slotWidth, slotDepth, positions } = pattern
  const rackLength = positions * slotWidth + pattern.rackGap
  const aislePitch = pattern.aisleWidth + slotDepth * (pattern.sides === 'both' ? 2 : 1) + pattern.backGap
  const sides = pattern.sides === 'both' ? [0, 1] : [0]
  for (let aisle = 0; aisle < pattern.aisles; aisle++) {
    for (const side of sides) {
      for (let rack = 0; rack < pattern.racks; rack++) {
        for (let level = 0; level < pattern.levels; level++) {
          for (let position = 0; position < positions; position++) {
            const id = nameOf(pattern.naming, {
              aisle: pattern.firstAisle + aisle,
              side: pattern.sideNames[side as 0 | 1],
              rack: pattern.firstRack + rack,
              level: pattern.firstLevel + level,
              position: 1 + position,
            })
            if (!identifierPattern.test(id)) return { ok: false, flaws: [{ flaw: 'not-a-name', name: id }] }
            if (names.has(id)) return { ok: false, flaws: [{ flaw: 'twice', name: id }] }
            names.add(id)
            const along = rack * rackLength + position * slotWidth
            // Who walks to the right has their left above the aisle on paper; who walks down has it on the right.
            const isNear = pattern.direction === 'right' ? side === 0 : side === 1 || pattern.sides === 'left'
            const across = aisle * aislePitch + (isNear ? 0 : slotDepth + pattern.aisleWidth)
            slots.push(placed(pattern, id, along, across, pattern.firstLevel + level))
          }
        }
      }
    }
  }
  return { ok: true, slots }
}

function placed(pattern: RackPattern, id: string, along: number, across: number, level: number): Slot {
  const isRight = pattern.direction === 'right'
  return {
    id,
    zone: pattern.zone,
    x: rounded(pattern.x + (isRight ? along : across)),
    y: rounded(pattern.y + (isRight ? across : along)),
    width: isRight ? pattern.slotWidth : pattern.slotDepth,
    depth: isRight ? pattern.slotDepth : pattern.slotWidth,
    level,
  }
}

function flawsOf(pattern: RackPattern): readonly PatternFlaw[] {
  const isCount = (field: keyof RackPattern, least: number) => {
    const value = pattern[field]
    return typeof value === 'number' && Number.isInteger(value) && value >= least
  }
  const isLength = (field: keyof RackPattern, isIn: (value: number) => boolean) => {
    const value = pattern[field]
    return typeof value === 'number' && Number.isFinite(value) && isIn(value)
  }
  const flaws: PatternFlaw[] = [
    ...counts.filter((field) => !isCount(field, 1)).map((field) => ({ flaw: 'not-a-count', field }) as const),
    ...firsts.filter((field) => !isCount(field, 0)).map((field) => ({ flaw: 'not-a-count', field }) as const),
    ...lengths
      .filter((field) => !isLength(field, (value) => value > 0 && value <= 100))
      .map((field) => ({ flaw: 'not-a-length', field }) as const),
    ...gaps
      .filter((field) => !isLength(field, (value) => value >= 0 && value <= 1000))
      .map((field) => ({ flaw: 'not-a-length', field }) as const),
    ...(['x', 'y'] as const)
      .filter((field) => !isLength(field, (value) => Math.abs(value) <= 50_000))
      .map((field) => ({ flaw: 'not-a-length', field }) as const),
    ...unknownParts(pattern.naming).map((part) => ({ flaw: 'unknown-part', part }) as const),
  ]
  if (flaws.length > 0) return flaws
  if (pattern.firstLevel + pattern.levels - 1 > mostLevel) return [{ flaw: 'not-a-count', field: 'levels' }]
  const slots = slotCountOf(pattern)
  return slots > mostSlots ? [{ flaw: 'too-many', slots, most: mostSlots }] : []
}

/** How many slots a pattern makes. */
export function slotCountOf({ aisles, sides, racks, levels, positions }: RackPattern): number {
  return aisles * (sides === 'both' ? 2 : 1) * racks * levels * positions
}

const part = /\{([^{}]*)\}/g
const knownPart = /^(?:side|(?:aisle|rack|level|position)(?::(?:[1-9]|A))?)$/

function unknownParts(naming: string): readonly string[] {
  return [...naming.matchAll(part)].map(([, name = '']) => name).filter((name) => !knownPart.test(name))
}

interface Numbers {
  readonly aisle: number
  readonly side: string
  readonly rack: number
  readonly level: number
  readonly position: number
}

function nameOf(naming: string, numbers: Numbers): string {
  return naming.replaceAll(part, (_whole, inside: string) => {
    const [name = '', form = ''] = inside.split(':')
    const value = numbers[name as keyof Numbers]
    if (typeof value === 'string') return value
    return form === 'A' ? letters(value) : String(value).padStart(Number(form), '0')
  })
}

/** 1 → A, 26 → Z, 27 → AA, as columns of a spreadsheet count; below 1 there is no letter. */
function letters(value: number): string {
  if (value < 1) return ''
  const last = (value - 1) % 26
  return letters((value - 1 - last) / 26) + String.fromCharCode(65 + last)
}

function rounded(metres: number): number {
  return Math.round(metres * millimetre) / millimetre
}
