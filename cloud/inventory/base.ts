import { bases } from '../location/evidence.ts'
import type { Place } from '../location/place.ts'
import { remapTrack, type Track, trackCells } from '../location/track.ts'
import type { TrackedItem } from './item.ts'
import type { Base } from './state.ts'

const itemCells = 8

/** The item as it stands, with its track, as of the beginning of `hour`. Cells at the end that are 0 are left out. */
export function baseOf(item: TrackedItem, hour: number, track: Track): Base {
  const all = new Float64Array(itemCells + trackCells)
  all[0] = item.place?.id ?? 0
  all[1] = item.since
  all[2] = bases.indexOf(item.basis)
  all[3] = item.count
  all[4] = item.sureness
  all[5] = item.decidedAt
  all[6] = item.lostAt
  all[7] = item.foldedAt
  let end = itemCells
  for (let cell = 0; cell < trackCells; cell += 1) {
    const value = track.cells[track.start + cell] ?? 0
    all[itemCells + cell] = value
    if (value !== 0) end = itemCells + cell + 1
  }
  return { item: item.id, hour, cells: all.slice(0, end) }
}

/** Takes item and track back to it, on today's map. */
export function backTo(
  item: TrackedItem,
  { cells }: Base,
  track: Track,
  mapped: (place: number) => Place | null,
): void {
  const of = (cell: number): number => cells[cell] ?? 0
  item.place = of(0) === 0 ? null : mapped(of(0))
  item.since = of(1)
  item.basis = bases[of(2)] ?? 'unplaced'
  item.count = of(3)
  item.sureness = of(4)
  item.decidedAt = of(5)
  item.lostAt = of(6)
  item.foldedAt = of(7)
  for (let cell = 0; cell < trackCells; cell += 1) track.cells[track.start + cell] = of(itemCells + cell)
  remapTrack(track, (place) => (place === 0 ? 0 : (mapped(place)?.id ?? 0)))
}
