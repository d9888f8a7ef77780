import { readdir, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Gap } from '../../shared/record.ts'
import type { Frame } from './frame.ts'
import { layOut } from './rewrite.ts'
import type { SegmentFiles } from './segment-files.ts'

/** Damaged files kept for inspection. */
const maxKeptFiles = 8
const maxKeptBytes = 32 * 1024 * 1024

/**
 * Replaces a damaged segment by one that holds its intact frames and void frames for the numbers that are lost; the
 * damaged bytes are kept as `*.corrupt`. From then on the files say nothing of the loss any more: it must be in the state
 * file before.
 *
 * @returns the new file's bytes
 */
export async function mendSegment(
  files: SegmentFiles,
  damaged: {
    readonly path: string
    readonly bytes: Buffer
    readonly frames: readonly Frame[]
    readonly header: { readonly epoch: string; readonly base: number }
    /** Number after the last that the segment is known to have held. */
    readonly end: number
  },
): Promise<Buffer> {
  const { path, bytes, frames, header, end } = damaged
  await setAside(path, bytes)
  const image = layOut(bytes, frames, header, end)
  const { handle } = await files.replace(path, image, false)
  await handle.close()
  return image
}

/** Keeps bytes that are not ours, within bounds; a full disk is no reason to fail. */
export async function setAside(path: string, bytes: Uint8Array): Promise<void> {
  const directory = dirname(path)
  try {
    const kept = (await readdir(directory)).filter((name) => name.endsWith('.corrupt')).sort()
    let total = bytes.length
    for (const name of kept) total += (await stat(join(directory, name))).size
    while (kept.length > 0 && (kept.length >= maxKeptFiles || total > maxKeptBytes)) {
      const oldest = join(directory, kept.shift() ?? '')
      total -= (await stat(oldest)).size
      await rm(oldest, { force: true })
    }
    if (bytes.length > maxKeptBytes) return
    const number = 1 + Math.max(0, ...kept.map((name) => Number(/\.(\d+)\.corrupt$/.exec(name)?.[1] ?? 0)))
    const beside = `${path}.${number}.corrupt`
    // Half of it would only take the room that the mending needs.
    await writeFile(beside, bytes).catch(() => rm(beside, { force: true }))
  } catch {
    // Inspection is a courtesy.
  }
}

/** One gap for each run of numbers in `base` … `end - 1` that no frame stands for; times are those of the neighbours. */
export function gapsBetween(frames: readonly Frame[], base: number, end: number, now: number): readonly Gap[] {
  const gaps: Gap[] = []
  let next = base
  let beforeAt: number | undefined
  const declare = (to: number, afterAt: number | undefined) => {
    if (to <= next) return
    const fromAt = beforeAt ?? afterAt ?? now
    const toAt = Math.max(fromAt, afterAt ?? fromAt)
    gaps.push({
      kind: 'gap',
      fromSeq: next,
      toSeq: to - 1,
      fromAt,
      toAt,
      count: to - next,
      reason: 'corrupt',
      class: 'unknown',
    })
  }
  for (const frame of frames) {
    declare(frame.sequence, frame.at)
    next = frame.sequence + frame.count
    beforeAt = frame.at
  }
  declare(end, undefined)
  return gaps
}
