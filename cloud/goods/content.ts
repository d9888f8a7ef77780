import type { WantedContent } from './wanted.ts'

/** So many of a SKU on one unit, and what passed of them. */
export interface Content extends WantedContent {
  /** The unit passed. */
  isPassed: boolean
  /** Read, and known to be on the unit. */
  withUnit: number
  /** Passed, and nothing says that they are on it. */
  readonly apart: Set<string>
  /** Of `apart`, not read: on another unit, which passed. */
  apartUnread: number
  /** Not read, but known by themselves to be on the unit, which passed. */
  named: number
  /** Announced to be on the unit, and known not to have passed with it. */
  readonly gone: Set<string>
  /** Its place among all of its SKU. */
  readonly among: number
}

/** All of one SKU that units carry, in the order of the lines. */
export interface Carried {
  readonly contents: readonly Content[]
  /** Before these places nothing is missing, and nothing believed. */
  missingFrom: number
  believedFrom: number
}

/** Nothing of it has passed; `among`: its place. */
export function openContent(wanted: WantedContent, among: number): Content {
  const nothing = { isPassed: false, withUnit: 0, apartUnread: 0, named: 0 }
  return { ...wanted, among, ...nothing, apart: new Set(), gone: new Set() }
}

/** How many of it passed; more than announced where others took their places. */
export function passedOf({ quantity, isPassed, withUnit, apart, named, gone }: Content): number {
  return apart.size + (isPassed ? Math.max(withUnit + named, quantity - gone.size) : withUnit)
}

/** Of `passedOf`, what was read. */
export function readOf({ withUnit, apart, apartUnread }: Content): number {
  return withUnit + apart.size - apartUnread
}

export function firstMissing(carried: Carried | undefined): Content | undefined {
  if (carried === undefined) return undefined
  const { contents } = carried
  for (; carried.missingFrom < contents.length; carried.missingFrom += 1) {
    const content = contents[carried.missingFrom]
    if (content !== undefined && missingOf(content) > 0) return content
  }
  return undefined
}

export function firstBelieved(carried: Carried | undefined): Content | undefined {
  if (carried === undefined) return undefined
  const { contents } = carried
  for (; carried.believedFrom < contents.length; carried.believedFrom += 1) {
    const content = contents[carried.believedFrom]
    if (content !== undefined && isBelieved(content)) return content
  }
  return undefined
}

/** Of what passed with its unit there is some that nobody knows by itself. */
export function isBelieved(content: Content): boolean {
  return content.isPassed && hasRoomOn(content)
}

export function missingOf(content: Content): number {
  return Math.max(0, content.quantity - passedOf(content))
}

/** Whether one more of what was announced may be on the unit. */
export function hasRoomOn({ quantity, withUnit, named, gone }: Content): boolean {
  return withUnit + named < quantity - gone.size
}
