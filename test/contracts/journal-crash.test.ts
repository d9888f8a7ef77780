import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { openJournal } from '../../cloud/journal/sqlite.ts'
import { epochA, measured, seeded, temporaryDirectory, wallClock } from '../support/journal.ts'

const script = (name: string) => fileURLToPath(new URL(`../support/${name}`, import.meta.url))
const quiet = '--disable-warning=ExperimentalWarning'

test('killed at any moment: every acknowledged batch is in the journal, nothing is in it twice', async () => {
  const seed = 20_260_801
  const random = seeded(seed)
  const path = join(temporaryDirectory(), 'journal.sqlite')
  const acknowledged = new Map<string, number>()
  let batches = 0
  for (let round = 0; round < 12; round++) {
    const child = spawn(process.execPath, [quiet, script('journal-writer.ts'), path, String(seed + round)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    const killAfter = 40 + Math.floor(random() * 4000)
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.length > killAfter) child.kill('SIGKILL')
    })
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
    expect([code, signal]).toEqual([null, 'SIGKILL'])
    for (const line of said.split('\n').slice(0, -1)) {
      const [gateway = '', first, count] = line.split(' ')
      acknowledged.set(gateway, Math.max(acknowledged.get(gateway) ?? 0, Number(first) + Number(count) - 1))
      batches++
    }

    const journal = await openJournal({ path, clock: wallClock, random })
    const stands = new Map<string, number>()
    const wrong: string[] = []
    for (let after = 0; after < journal.tail; ) {
      for (const entry of await journal.read(after, 10_000)) {
        expect(entry.offset).toBe(++after)
        if (entry.origin !== 'gateway') continue
        entry.records.forEach((record, i) => {
          // Contiguous and ascending per gateway, so exactly once.
          const sequence = (stands.get(entry.gateway) ?? 0) + 1
          stands.set(entry.gateway, sequence)
          const right = entry.first + i === sequence && JSON.stringify(record) === JSON.stringify(measured(sequence))
          if (!right) wrong.push(`${entry.gateway} ${entry.first + i} instead of ${sequence}`)
        })
      }
    }
    expect(wrong).toEqual([])
    for (const [gateway, last] of acknowledged) expect(stands.get(gateway) ?? 0).toBeGreaterThanOrEqual(last)
    for (const [gateway, last] of stands)
      expect(await journal.closed({ site: 'north', gateway }, epochA)).toEqual({ committed: last, ranges: [] })
    await journal.close()
  }
  expect(batches).toBeGreaterThan(200)
})

test('a full disk: refused as worth retrying, nothing half written, and it goes on when there is room again', async () => {
  const directory = join(temporaryDirectory(), 'disk')
  mkdirSync(directory)
  // A mount namespace of its own, so that it needs no root and leaves nothing behind.
  const child = spawn(
    'unshare',
    [
      '-Urm',
      'sh',
      '-c',
      'mount -t tmpfs -o size=6m none "$1" && exec "$2" "$3" "$4" "$1"',
      'sh',
      directory,
      process.execPath,
      quiet,
      script('journal-on-full-disk.ts'),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  await once(child, 'close')
  const { whileFull, again } = JSON.parse(said)
  expect(whileFull).toMatchObject({ code: 'storage-full', retryable: true })
  expect(whileFull.acked).toBeGreaterThan(1000)
  expect([whileFull.committed, whileFull.readable]).toEqual([whileFull.acked, whileFull.acked])
  expect(again).toBe(true)
})
