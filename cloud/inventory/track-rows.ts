import type { DatabaseSync } from 'node:sqlite'
import { recentCells } from '../location/recent.ts'
import { place, placeHeard, trackCells } from '../location/track.ts'
import type { TrackedItem } from './item.ts'
import { type EncodeRow, openPackedRows } from './packed-rows.ts'
import type { InventoryState } from './state.ts'

/** The tracks of all items as packed rows of numbers, as they are in memory. */
export interface TrackRows {
  load(state: InventoryState): void
  /** Writes those of the items that changed, within the caller's transaction. */
  save(state: InventoryState, changed: readonly TrackedItem[]): void
}

export function openTrackRows(database: DatabaseSync): TrackRows {
  const rows = openPackedRows(database, 'track', recentCells * 8)
  let written: { readonly state: InventoryState; readonly encode: EncodeRow } | undefined
  return {
    load: (state) => {
      rows.load((row, start, id) => {
        const track = state.tracks.of(id)
        for (let cell = 0; cell < recentCells; cell += 1) {
          track.cells[track.start + cell] = row.getFloat64(start + cell * 8, true)
        }
      })
      // In a file of before items have a place and no track: it begins there.
      for (const item of state.items) {
        const track = state.tracks.of(item.id)
        const isHeard = placeHeard(track) !== 0 || track.cells[track.start + trackCells] !== 0
        if (item.place !== null && !item.place.departed && !isHeard) {
          place(track, item.lastSeenAt, item.place.id, item.lastSeenAt)
        }
      }
    },
    save: (state, changed) => {
      if (written?.state !== state) written = { state, encode: encodeOf(state) }
      rows.write({ ids: Uint32Array.from(changed, ({ id }) => id).sort(), encode: written.encode })
    },
  }
}

/** Made once for a state, since V8 compiles anew what is made for each commit. */
function encodeOf(state: InventoryState): EncodeRow {
  return (id, row, start) => {
    const track = state.tracks.of(id)
    for (let cell = 0; cell < recentCells; cell += 1) {
      row.setFloat64(start + cell * 8, track.cells[track.start + cell] ?? 0, true)
    }
  }
}
