import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultProfile, everywhere } from '../../cloud/location/profile.ts'
import { foldSign, take } from '../../cloud/location/recent.ts'
import { placeHeard, trackCells } from '../../cloud/location/track.ts'
import { blockCells, openTracks, type Tracks } from '../../cloud/location/tracks.ts'
import { between, seededRandom } from '../../simulators/world/chance.ts'
import type { Figures } from '../benchmark.ts'
import { liveBytes } from '../support/live-memory.ts'

const observations = 4_000_000
const places = 50_000
const startAt = Date.UTC(2026, 0, 1)

/**
 * The engine alone with so many tags on one site, per second of one core (a machine that others use too gives
 * it less of a core, not a slower one): each tag is heard at its slot, one time in eight at the
 * next one. Then everything is written to a file and read again, and told where the tags are as before.
 */
export function measureScale(tags: number): Figures {
  const before = liveBytes()
  const tracks = openTracks()
  const random = seededRandom(tags)
  const now = { cells: new Float64Array(trackCells), start: 0 }
  const ground = { zoneOf: () => 'hall', isSlot: () => true, keyOf: String, isWatched: () => true, unhealthy: () => [] }
  const profiles = everywhere(defaultProfile)
  const fold = (from: number, count: number) => {
    for (let index = from; index < from + count; index += 1) {
      const id = between(1, tags, random)
      const isStray = random() < 0.125
      const reading = {
        at: startAt + index,
        place: 1 + ((id + (isStray ? 1 : 0)) % places),
        reads: between(1, 5, random),
        rssiDbm: -60 - (isStray ? 10 : 0) - between(0, 6, random),
      }
      const order = take(tracks.of(id), reading, now, ground, profiles)
      if (order === 'newest') foldSign(now, reading, ground, profiles)
    }
  }
  fold(0, 2 * tags) // code is warm, and every tag known
  const bytesPerTag = (liveBytes() - before) / tags
  const cpuBefore = process.cpuUsage()
  fold(2 * tags, observations)
  const cpu = process.cpuUsage(cpuBefore)

  const folder = mkdtempSync(join(tmpdir(), 'location-scale-'))
  try {
    const path = join(folder, 'tracks')
    const writtenMs = performance.now()
    write(tracks, path)
    const readMs = performance.now()
    const again = read(path, tracks.blocks.length)
    const doneMs = performance.now()
    for (let id = 1; id <= tags; id += 997) {
      if (placeHeard(again.of(id)) !== placeHeard(tracks.of(id))) throw new Error(`tag ${id} is somewhere else`)
    }
    return {
      tags,
      observationsPerCpuSecond: Math.round(observations / ((cpu.user + cpu.system) / 1e6)),
      bytesPerTag: Math.round(bytesPerTag),
      snapshotSeconds: Number(((readMs - writtenMs) / 1000).toFixed(2)),
      restartSeconds: Number(((doneMs - readMs) / 1000).toFixed(2)),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function write(tracks: Tracks, path: string): void {
  const file = openSync(path, 'w')
  for (const block of tracks.blocks) writeSync(file, new Uint8Array(block.buffer))
  closeSync(file)
}

function read(path: string, count: number): Tracks {
  const file = openSync(path, 'r')
  const blocks = Array.from({ length: count }, () => {
    const block = new Float64Array(blockCells)
    readSync(file, new Uint8Array(block.buffer))
    return block
  })
  closeSync(file)
  return openTracks(blocks)
}
