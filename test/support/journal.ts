import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openJournal } from '../../cloud/journal/sqlite.ts'
import type { Clock, Random } from '../../shared/clock.ts'

export const wallClock: Clock = { now: () => Date.now(), monotonicMs: () => performance.now() }

/** A repeatable stream of chance (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

/** A directory that goes with the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'warepulse-test-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** A fresh journal that goes with the test. */
export async function temporaryJournal(options: { readonly recentBytes?: number } = {}) {
  const path = join(temporaryDirectory(), 'journal.sqlite')
  const journal = await openJournal({ path, clock: wallClock, random: seeded(7), ...options })
  onTestFinished(() => journal.close())
  return { path, journal }
}

export const reel = { site: 'north', gateway: 'gate-1' }
export const epochA = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
export const epochB = 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'

/** The record with this sequence number, telling its number. */
export function measured(sequence: number) {
  return {
    kind: 'measurement',
    at: 1_790_000_000_000 + sequence,
    sensor: 'cold-1',
    values: { temperature: sequence },
  } as const
}

export function run(first: number, count: number) {
  return Array.from({ length: count }, (_, i) => measured(first + i))
}
