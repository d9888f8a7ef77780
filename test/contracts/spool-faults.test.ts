import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import { openSpool } from '../../edge/spool/open.ts'
import { observation, readAll, temporaryDirectory, testClock } from '../support/spool.ts'

const script = join(import.meta.dirname, '../support/spool-once.ts')

/** One life of a spool under strace with one fault injected; what it promised, and what strace saw. */
function lifeUnder(
  directory: string,
  inject: string,
  start: number,
  { onlyOn, batches = 60 }: { readonly onlyOn?: string; readonly batches?: number } = {},
) {
  const trace = join(directory, `trace-${start}`)
  const spool = join(directory, 'spool')
  const child = spawnSync(
    'strace',
    [
      '-f',
      '-qq',
      '-o',
      trace,
      ...(onlyOn === undefined ? [] : ['-P', onlyOn]),
      '-e',
      `trace=rename,${inject.split(':')[0]}`,
      '-e',
      `inject=${inject}`,
      process.execPath,
      script,
      spool,
      String(start),
      String(batches),
    ],
    // strace counts calls of each thread by itself
    { encoding: 'utf8', env: { ...process.env, UV_THREADPOOL_SIZE: '1' } },
  )
  const lines = child.stdout.split('\n').filter((line) => line !== '')
  const calls = readFileSync(trace, 'utf8').split('\n')
  return {
    directory: spool,
    /** The system calls that came after the injected one. */
    after: calls.slice(1 + calls.findIndex((line) => line.includes('(INJECTED)'))),
    wasInjected: child.signal === 'SIGKILL' || calls.some((line) => /\(INJECTED\)|killed by SIGKILL/.test(line)),
    promised: lines.filter((line) => /^\d/.test(line)).map((line) => line.split(' ').map(Number) as [number, number]),
    acknowledged: Math.max(
      0,
      ...lines.filter((line) => line.startsWith('ack')).map((line) => Number(line.split(' ')[1])),
    ),
    refusals: lines.filter((line) => line.startsWith('!')),
  }
}

async function expectKept(directory: string, promised: readonly (readonly [number, number])[], acknowledged: number) {
  const spool = await openSpool({ directory, maxBytes: 4 * 1024 * 1024, clock: testClock, random: Math.random })
  const found = await readAll(spool, spool.first)
  for (const [first, n] of promised) {
    for (let index = 0; index < 5; index += 1) {
      if (first + index < spool.first) expect(first + index).toBeLessThanOrEqual(acknowledged)
      else expect(found.get(first + index)).toEqual(observation(n + index))
    }
  }
  expect([...found.values()].filter((record) => record?.kind === 'gap')).toEqual([])
  // A rejected append has no numbers, so no record is there twice.
  const epcs = [...found.values()].flatMap((record) => (record?.kind === 'observation' ? [record['epc']] : []))
  expect(new Set(epcs).size).toBe(epcs.length)
  await spool.close()
}

describe('a system call fails once', () => {
  for (const [call, error] of [
    ['fdatasync', 'EIO'],
    ['pwrite64', 'EIO'],
    ['pwrite64', 'ENOSPC'],
    ['rename', 'EIO'],
    ['fsync', 'EIO'],
  ] as const) {
    test(`${call} with ${error}: what was promised is there, what was refused is not`, async () => {
      let injected = 0
      for (const when of call === 'fsync' || call === 'rename' ? [1, 2, 3, 4] : [3, 6, 9, 15, 31]) {
        using directory = temporaryDirectory()
        const life = lifeUnder(directory.path, `${call}:error=${error}:when=${when}`, 0)
        if (!life.wasInjected) continue
        injected += 1
        expect(life.refusals.every((line) => /storage-(broken|full)/.test(line))).toBe(true)
        await expectKept(life.directory, life.promised, life.acknowledged)
        // Past the opening: a file whose sync failed is replaced at once, however well the next sync goes.
        if (call === 'fdatasync' && when > 6) {
          expect(life.after.slice(0, 2).join()).toMatch(/rename\(.*\.segment\.new/)
        }
      }
      expect(injected).toBeGreaterThan(0)
    })
  }
})

describe('the disk cannot read any more', () => {
  /** A spool of some segments, closed; then a start at which every read of one file fails. */
  async function unreadable(directory: string, choose: (names: readonly string[]) => string) {
    const spool = join(directory, 'spool')
    const options = { directory: spool, maxBytes: 4 * 1024 * 1024, segmentBytes: 8 * 1024 }
    const original = await openSpool({ ...options, clock: testClock, random: Math.random })
    const numbers = Array.from({ length: 300 }, (_, i) => i + 1)
    for (const n of numbers) expect(await original.append([observation(n)])).toBe(n)
    const { epoch } = original
    await original.close()
    const names = readdirSync(spool).filter((name) => name.endsWith('.segment'))
    expect(names.length).toBeGreaterThan(3)
    const name = choose(names)
    const life = lifeUnder(directory, 'pread64:error=EIO', 0, { onlyOn: join(spool, name), batches: 0 })
    expect([life.wasInjected, life.refusals]).toEqual([true, []])
    const opened = await openSpool({ ...options, clock: testClock, random: Math.random })
    expect(opened.epoch).toBe(epoch)
    expect(opened.next).toBeGreaterThan(300)
    const held = await readAll(opened, opened.first)
    await opened.close()
    return {
      name,
      gaps: [...held.values()].filter((record) => record?.kind === 'gap'),
      missing: numbers.filter((n) => !isDeepStrictEqual(held.get(n), observation(n))),
    }
  }

  test('a segment: it starts, everything else is there, and the loss is declared', async () => {
    using directory = temporaryDirectory()
    const { name, gaps, missing } = await unreadable(directory.path, (names) => names.at(-2) ?? '')
    expect(missing[0]).toBe(Number.parseInt(name, 10))
    expect(gaps).toMatchObject([
      { fromSeq: missing[0], toSeq: missing.at(-1), count: missing.length, reason: 'corrupt' },
    ])
  })

  test('the newest segment: the same, and none of its numbers is given again', async () => {
    using directory = temporaryDirectory()
    const { gaps, missing } = await unreadable(directory.path, (names) => names.at(-1) ?? '')
    expect(gaps).toMatchObject([
      { fromSeq: missing[0], toSeq: missing.at(-1), count: missing.length, reason: 'corrupt' },
    ])
  })

  test('the state: epoch and records stay', async () => {
    using directory = temporaryDirectory()
    const { gaps, missing } = await unreadable(directory.path, () => 'state')
    expect([gaps, missing]).toEqual([[], []])
  })
})

test('killed at one system call after the other: every promise is kept, life after life', async () => {
  using directory = temporaryDirectory()
  const promised: [number, number][] = []
  let acknowledged = 0
  let killed = 0
  for (let when = 1; when <= 24; when += 1) {
    for (const call of ['pwrite64', 'fdatasync', 'rename', 'unlink']) {
      if ((when > 6 && call !== 'pwrite64' && call !== 'fdatasync') || (when > 8 && when % 4 !== 0)) continue
      const life = lifeUnder(directory.path, `${call}:signal=KILL:when=${when}`, (when * 10 + killed) * 1000)
      if (life.wasInjected) killed += 1
      promised.push(...life.promised)
      acknowledged = Math.max(acknowledged, life.acknowledged)
    }
  }
  expect(killed).toBeGreaterThan(20)
  await expectKept(join(directory.path, 'spool'), promised, acknowledged)
})
