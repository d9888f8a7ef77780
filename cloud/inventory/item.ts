import type { Basis } from '../location/evidence.ts'
import type { Place } from '../location/place.ts'
import type { Profiles } from '../location/profile.ts'

// Numbers of an item.
const readsCell = 0
const sinceCell = 1
const countCell = 2
const surenessCell = 3
const decidedAtCell = 4
const lastSeenAtCell = 5
const lostAtCell = 6
const foldedAtCell = 7
const staleFromCell = 8
const itemCells = 9
const itemsPerBlock = 1024

/**
 * One tag, wherever it is: an item has one place in the world, so a tag that turns up on another site has moved. What
 * its antennas have made of it is its track (`InventoryState.tracks`); here is what stock concludes from that. Its
 * numbers stand in a row, for V8 has each large number of an object somewhere else on its heap, and a site has a million.
 */
export class TrackedItem {
  /** Dense, for life; the order in which tags were first heard of. */
  readonly id: number
  readonly epc: string
  /** What sites say is on it; read with `skuOf`, changed with `withSku`. */
  skus = ''
  /** Sites that ever read it, joined by a comma; one string for the many tags of one site. */
  sites = ''
  /** Where it is in the books; null: in none, as one that was only glimpsed or is gone. */
  place: Place | null = null
  /** The newest evidence for its place; how much, and when: `count`, `sureness`, `decidedAt`. */
  basis: Basis = 'unplaced'
  /** Who saw it last, and where that was. */
  readPoint = ''
  seenPlace: Place | null = null
  /** It is in the queue of those whose silence is watched. */
  isWatched = false
  /** By which antennas are believed of it, where maps tell goods apart; undefined: not asked for yet. */
  profiles: Profiles | undefined = undefined
  /** Since the last commit, and not only seen again where it was. */
  isChanged = false
  readonly #cells: Float64Array
  readonly #start: number

  constructor(id: number, epc: string, cells: Float64Array, start: number) {
    this.id = id
    this.epc = epc
    this.#cells = cells
    this.#start = start
  }

  /** A tag that was never heard of, behind those of before. */
  static next(items: readonly TrackedItem[], epc: string): TrackedItem {
    const index = items.length % itemsPerBlock
    const before = items.at(-1)
    const isNewBlock = index === 0 || before === undefined
    const cells = isNewBlock ? new Float64Array(itemsPerBlock * itemCells) : before.#cells
    return new TrackedItem(items.length + 1, epc, cells, index * itemCells)
  }

  /** Tag reads, late ones included. */
  get reads(): number {
    return this.#cells[this.#start + readsCell] ?? 0
  }
  set reads(reads: number) {
    this.#cells[this.#start + readsCell] = reads
  }

  /** Event time of what put it where it is. */
  get since(): number {
    return this.#cells[this.#start + sinceCell] ?? 0
  }
  set since(at: number) {
    this.#cells[this.#start + sinceCell] = at
  }

  get count(): number {
    return this.#cells[this.#start + countCell] ?? 0
  }
  set count(count: number) {
    this.#cells[this.#start + countCell] = count
  }

  get sureness(): number {
    return this.#cells[this.#start + surenessCell] ?? 0
  }
  set sureness(share: number) {
    this.#cells[this.#start + surenessCell] = share
  }

  get decidedAt(): number {
    return this.#cells[this.#start + decidedAtCell] ?? 0
  }
  set decidedAt(at: number) {
    this.#cells[this.#start + decidedAtCell] = at
  }

  /** Event time of the newest sighting of all. */
  get lastSeenAt(): number {
    return this.#cells[this.#start + lastSeenAtCell] ?? 0
  }
  set lastSeenAt(at: number) {
    this.#cells[this.#start + lastSeenAtCell] = at
  }

  /** When its silence was last found to have lasted for long enough; 0 = never. */
  get lostAt(): number {
    return this.#cells[this.#start + lostAtCell] ?? 0
  }
  set lostAt(at: number) {
    this.#cells[this.#start + lostAtCell] = at
  }

  /** Everything up to here is in its track, in order. */
  get foldedAt(): number {
    return this.#cells[this.#start + foldedAtCell] ?? 0
  }
  set foldedAt(at: number) {
    this.#cells[this.#start + foldedAtCell] = at
  }

  /** Evidence of this instant came too late for the track: all since then is to be folded anew. 0 = none. */
  get staleFrom(): number {
    return this.#cells[this.#start + staleFromCell] ?? 0
  }
  set staleFrom(at: number) {
    this.#cells[this.#start + staleFromCell] = at
  }
}

/** What stock concludes of a tag of which it knows nothing. */
export function nowhere(): Pick<
  TrackedItem,
  'place' | 'since' | 'basis' | 'count' | 'sureness' | 'decidedAt' | 'lostAt' | 'foldedAt'
> {
  return {
    place: null,
    since: 0,
    basis: 'unplaced',
    count: 0,
    sureness: 0,
    decidedAt: 0,
    lostAt: 0,
    foldedAt: 0,
  }
}
