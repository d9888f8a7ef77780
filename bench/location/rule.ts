import type { AntennaRead } from '../../simulators/world/overlap.ts'

/**
 * A rule that says where tags are, as the judge sees it: raw reads in, in their order, and the time. A place is the
 * number of an antenna, each of which speaks for a place of its own.
 */
export interface LocationRule {
  take(read: AntennaRead): void
  /** Time goes on; called at least every second. */
  passed(at: number): void
  /** undefined: not present, or not sure. */
  placeOf(tag: number): number | undefined
  /**
   * Whether a person would be sent there because of it, for it belongs at `home`; without it always when it is not there.
   * `mates` are the other tags of its SKU, wherever they are.
   */
  isSurelyOutOf?(tag: number, home: number, mates: readonly number[]): boolean
}

export interface NamedRule {
  readonly name: string
  /** `homeDbm`: level of the tag at the antenna it belongs to, for an observer that is told what nobody can know. */
  open(homeDbm?: number): LocationRule
}
