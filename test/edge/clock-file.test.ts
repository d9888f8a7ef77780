import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { KeptClock } from '../../edge/clock/kept.ts'
import { readKeptClock, writeKeptClock } from '../../edge/clock-file.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clock-file-'))
})
afterEach(() => rm(directory, { recursive: true }))

const kept: KeptClock = {
  version: 1,
  boot: 'b',
  startedAt: 10_000,
  lastAt: 20_000,
  doubt: 'before-release',
  lineMs: 5000.25,
  wallMs: 5000.5,
  doubted: true,
  owes: true,
  trustedAt: 1_790_000_000_000,
  earlier: [{ boot: 'a', startedAt: 1, lastAt: 2 }],
}

test('what was written is read, the newest', async () => {
  await writeKeptClock(directory, { ...kept, earlier: [] })
  await writeKeptClock(directory, kept)
  expect(await readKeptClock(directory)).toEqual(kept)
  expect(await readdir(directory)).toEqual(['clock'])
})

for (const [name, content] of [
  ['nothing', ''],
  ['half of it', JSON.stringify(kept).slice(0, 60)],
  ['another version', JSON.stringify({ ...kept, version: 2 })],
  ['zeros', '\0'.repeat(4096)],
] as const) {
  test(`a file of ${name} is as good as none`, async () => {
    await writeFile(join(directory, 'clock'), content)
    expect(await readKeptClock(directory)).toBeUndefined()
  })
}

test('none is none; where none can be written the caller hears of it', async () => {
  expect(await readKeptClock(join(directory, 'nowhere'))).toBeUndefined()
  await expect(writeKeptClock(join(directory, 'nowhere'), kept)).rejects.toThrow('ENOENT')
})
