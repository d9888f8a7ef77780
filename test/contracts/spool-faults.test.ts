import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openSpool } from '../../edge/spool/open.ts'
import { observation, readAll, temporaryDirectory, testClock } from '../support/spool.ts'

const script = join(import.meta.dirname, '../support/spool-once.ts')

/** One life of a spool under strace with one fault injected; what it promised, and what strace saw. */
function lifeUnder(directory: string, inject: string, start: number) {
  const trace = join(directory, `trace-${start}`)
  const spool = join(directory, 'spool')
  const child = spawnSync(
    'strace',
    [
      '-f',
      '-qq',
      '-o',
      trace,
      '-e',
      `trace=rename,${inject.split(':')[0]}`,
      '-e',
      `inject=${inject}`,
      process.execPath,
      script,
      spool,
      String(start),
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
