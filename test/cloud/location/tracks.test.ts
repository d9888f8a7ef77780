import { expect, test } from 'vitest'
import { recentCells } from '../../../cloud/location/recent.ts'
import { openTracks } from '../../../cloud/location/tracks.ts'

test('each tag has a row of its own, also across blocks, and finds it again in a copy', () => {
  const tracks = openTracks()
  const ids = [1, 2, 4096, 4097, 10_000]
  for (const id of ids) {
    const { cells, start } = tracks.of(id)
    expect(cells.subarray(start, start + recentCells).every((cell) => cell === 0)).toBe(true)
    cells.fill(id, start, start + recentCells)
  }
  const copy = openTracks(tracks.blocks.map((block) => block.slice()))
  for (const id of ids) {
    const { cells, start } = copy.of(id)
    expect(cells.subarray(start, start + recentCells).every((cell) => cell === id)).toBe(true)
  }
  expect(copy.blocks).toHaveLength(3)
})
