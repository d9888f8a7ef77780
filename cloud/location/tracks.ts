import { recentCells } from './recent.ts'
import type { Track } from './track.ts'

/** Tracks of all tags of a site by their dense ids, in blocks: a million rows of numbers and no objects. */
export interface Tracks {
  /** The row of tag `id`, which begins at 1; made of zeros if it is new. */
  of(id: number): Track
  /** In the order of ids; what `openTracks` takes. */
  readonly blocks: readonly Float64Array<ArrayBuffer>[]
}

const rowsPerBlock = 4096
export const blockCells = rowsPerBlock * recentCells

export function openTracks(blocks: Float64Array<ArrayBuffer>[] = []): Tracks {
  const row = { cells: new Float64Array(0), start: 0 }
  return {
    blocks,
    // One row object for all, handed out again at the next call: a fold asks a hundred thousand times a second.
    of: (id) => {
      const block = Math.floor((id - 1) / rowsPerBlock)
      while (blocks.length <= block) blocks.push(new Float64Array(blockCells))
      row.cells = blocks[block] ?? row.cells
      row.start = ((id - 1) % rowsPerBlock) * recentCells
      return row
    },
  }
}
