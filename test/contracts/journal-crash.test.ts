import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { openJournal } from '../../cloud/journal/sqlite.ts'
import { readDiskTrace, underDiskTrace } from '../faults/disk-trace.ts'
import { filesAfterPowerCut } from '../faults/power-cut.ts'
import { putFiles } from '../faults/spool-after-cut.ts'
import { epochA, measured, seeded, temporaryDirectory, wallClock } from '../support/journal.ts'

const script = (name: string) => fileURLToPath(new URL(`../support/${name}`, import.meta.url))
const quiet = '--disable-warning=ExperimentalWarning'
const cuts = 60

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
    batches += said.split('\n').length - 1
    takeNotice(said, acknowledged)
    await expectKept(path, acknowledged)
  }
  expect(batches).toBeGreaterThan(200)
})

test('the power is cut at any call, and what was not synced is gone, torn or scattered: the same', async () => {
  const place = temporaryDirectory()
  const data = join(place, 'data')
  mkdirSync(data)
  const trace = join(place, 'trace')
  const node = [process.execPath, quiet, script('journal-writer.ts'), join(data, 'journal.sqlite'), '7', '60']
  const [program = '', ...args] = [...underDiskTrace(trace), ...node]
  spawnSync(program, args)
  const calls = readDiskTrace(readFileSync(trace, 'utf8'), data)
  const random = seeded(20_261_129)
  // Before the first commit there is nothing to promise, and the file is no database yet.
  const begun = calls.findIndex(({ kind }) => kind === 'said')
  expect(begun).toBeGreaterThan(0)
  for (let cut = 0; cut < cuts; cut += 1) {
    const before = calls.slice(0, begun + Math.floor(((cut + random()) / cuts) * (calls.length - begun)))
    const mercy = (['none', 'torn', 'scattered'] as const)[cut % 3] ?? 'none'
    const after = join(place, 'after')
    putFiles(data, after, filesAfterPowerCut(new Map(), before, { mercy, random }))
    const acknowledged = new Map<string, number>()
    for (const call of before) if (call.kind === 'said') takeNotice(call.text, acknowledged)
    await expectKept(join(after, 'journal.sqlite'), acknowledged)
  }
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

/** `gateway first count`, a line each: up to where each gateway is acknowledged. */
function takeNotice(said: string, acknowledged: Map<string, number>): void {
  for (const line of said.split('\n').slice(0, -1)) {
    const [gateway = '', first, count] = line.split(' ')
    acknowledged.set(gateway, Math.max(acknowledged.get(gateway) ?? 0, Number(first) + Number(count) - 1))
  }
}

async function expectKept(path: string, acknowledged: ReadonlyMap<string, number>): Promise<void> {
  const journal = await openJournal({ path, clock: wallClock, random: seeded(1) })
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
