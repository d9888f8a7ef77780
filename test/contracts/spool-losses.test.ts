import { spawnSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openSpool } from '../../edge/spool/open.ts'
import { observation, readAll, temporaryDirectory, testClock } from '../support/spool.ts'

const script = join(import.meta.dirname, '../support/spool-damaged.ts')
const total = 300

const options = (directory: string) => ({
  directory,
  maxBytes: 8 * 1024 * 1024,
  segmentBytes: 8 * 1024,
  clock: testClock,
  random: Math.random,
})

/** A closed spool of 300 records in several segments. */
async function makeSpool(directory: string): Promise<void> {
  const spool = await openSpool(options(directory))
  for (let n = 1; n <= total; n += 10) await spool.append(Array.from({ length: 10 }, (_, i) => observation(n + i)))
  await spool.close()
}

const segmentsOf = (directory: string) =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.segment'))
    .sort()
    .map((name) => join(directory, name))

/** Runs until it is killed at the `when`th call; false when there were not so many. */
function killedAt(directory: string, call: string, when: number, rot: string): boolean {
  const child = spawnSync(
    'strace',
    ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:signal=KILL:when=${when}`].concat(
      process.execPath,
      script,
      directory,
      rot,
    ),
    // strace counts calls of each thread by itself
    { encoding: 'utf8', env: { ...process.env, UV_THREADPOOL_SIZE: '1' } },
  )
  expect(child.stderr).toBe('')
  return child.signal === 'SIGKILL'
}

/** Every record is there or declared, and declared once. */
async function expectHonest(directory: string): Promise<number> {
  const spool = await openSpool(options(directory))
  const found = await readAll(spool)
  const gaps = [...found.values()].flatMap((record) => (record?.kind === 'gap' ? [record] : []))
  let lost = 0
  for (let sequence = 1; sequence <= total; sequence += 1) {
    const times = gaps.filter(({ fromSeq, toSeq }) => Number(fromSeq) <= sequence && sequence <= Number(toSeq)).length
    const record = found.get(sequence) ?? null
    expect([sequence, times]).toEqual([sequence, record === null ? 1 : 0])
    if (record === null) lost += 1
    else expect(record).toEqual(observation(sequence))
  }
  expect(gaps.reduce((sum, { count }) => sum + Number(count), 0)).toBe(lost)
  await spool.close()
  return lost
}

const cases = {
  'bad bytes, a segment missing, and the end cut off': (directory: string) => {
    const [first = '', , third = '', ...others] = segmentsOf(directory)
    const bytes = readFileSync(first)
    bytes.fill(0xff, 200, 240)
    writeFileSync(first, bytes)
    rmSync(third)
    const newest = others.at(-1) ?? ''
    truncateSync(newest, readFileSync(newest).length - 500)
  },
  'the oldest segment missing, and nothing left of the newest': (directory: string) => {
    const names = segmentsOf(directory)
    rmSync(names[0] ?? '')
    writeFileSync(names.at(-1) ?? '', Buffer.alloc(3000, 0xff))
  },
  'bytes that rot while it is open': undefined,
}

describe('a loss is declared once, whenever the process is killed', () => {
  for (const [name, damage] of Object.entries(cases)) {
    test(name, async () => {
      using parent = temporaryDirectory()
      const original = join(parent.path, 'original')
      await makeSpool(original)
      damage?.(original)
      let kills = 0
      let losses = 0
      for (const call of ['pwrite64', 'fdatasync', 'fsync', 'rename', 'unlink']) {
        for (let when = 1; ; when += 1) {
          const directory = join(parent.path, 'spool')
          rmSync(directory, { recursive: true, force: true })
          cpSync(original, directory, { recursive: true })
          const rot = damage === undefined ? 'rot' : ''
          if (!killedAt(directory, call, when, rot)) break
          kills += 1
          // And once more while it cleans up.
          if (when % 3 === 0) killedAt(directory, call, when - 1, '')
          losses += (await expectHonest(directory)) > 0 ? 1 : 0
        }
      }
      expect(kills).toBeGreaterThan(10)
      expect(losses).toBeGreaterThan(damage === undefined ? 3 : kills - 1)
    })
  }
})
