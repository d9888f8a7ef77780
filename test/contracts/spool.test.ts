import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, test } from 'vitest'
import { openSpool } from '../../edge/spool/open.ts'
import type { Gap } from '../../shared/record.ts'
import { measurement, observation, readAll, temporaryDirectory, testClock } from '../support/spool.ts'
import { spoolContract } from './spool.ts'

const appender = join(import.meta.dirname, '../support/spool-appender.ts')

spoolContract('SegmentSpool', () => {
  const directory = temporaryDirectory()
  return {
    open: (options) =>
      openSpool({
        directory: join(directory.path, 'spool'),
        maxBytes: options?.maxBytes ?? 64 * 1024 * 1024,
        clock: testClock,
        random: Math.random,
      }),
    [Symbol.dispose]: () => directory[Symbol.dispose](),
  }
})

/** mulberry32: a seed tells the whole run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

describe('SIGKILL', () => {
  test('every append that resolved is there after each of 25 kills', async () => {
    using directory = temporaryDirectory()
    const random = seeded(Number(process.env['WAREPULSE_SEED'] ?? 20_260_401))
    const promised = new Map<number, number>()
    let acknowledged = 0
    for (let life = 0; life < 25; life += 1) {
      const child = spawn(process.execPath, [appender, directory.path, String(life * 1_000_000)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const toLive = 1 + Math.floor(random() * 60)
      let heard = 0
      for await (const line of createInterface({ input: child.stdout })) {
        // "<first> <n> <count> <acknowledged>": records n … n + count - 1 have the numbers from first on
        const [first = 0, n = 0, count = 0, committed = 0] = line.split(' ').map(Number)
        for (let index = 0; index < count; index += 1) promised.set(first + index, n + index)
        acknowledged = Math.max(acknowledged, committed)
        heard += 1
        if (heard === toLive) child.kill('SIGKILL')
      }
      expect(heard).toBeGreaterThanOrEqual(toLive)
      const spool = await openSpool({ directory: directory.path, maxBytes: 64 * 1024 * 1024, clock: testClock, random })
      const found = await readAll(spool, spool.first)
      for (const [sequence, n] of promised) {
        if (sequence < spool.first) expect(sequence).toBeLessThanOrEqual(acknowledged)
        else expect(found.get(sequence)).toMatchObject({ at: 1_760_000_000_000 + n })
      }
      expect([...found.values()].filter((record) => record?.kind === 'gap')).toEqual([])
      await spool.close()
    }
    expect(promised.size).toBeGreaterThan(1000)
  })
})

// Needs root for `mount`, as CI has it.
describe('a disk of 16 MiB', () => {
  function tmpfs(): { readonly path: string } & Disposable {
    const parent = temporaryDirectory()
    const path = join(parent.path, 'disk')
    mkdirSync(path)
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', path], { encoding: 'utf8' })
    expect(mounted.stderr).toBe('')
    return {
      path,
      [Symbol.dispose]() {
        spawnSync('umount', ['-l', path])
        parent[Symbol.dispose]()
      },
    }
  }

  test('full of the spool: it goes on, gives up measurements, says so, and acknowledging frees it', async () => {
    using disk = tmpfs()
    const gaps: Gap[] = []
    const options = {
      directory: join(disk.path, 'spool'),
      maxBytes: 256 * 1024 * 1024, // more than there is
      segmentBytes: 1024 * 1024,
      clock: testClock,
      random: Math.random,
      onGap: (gap: Gap) => gaps.push(gap),
    }
    const spool = await openSpool(options)
    let appended = 0
    for (let round = 0; round < 400; round += 1) {
      await spool.append(
        Array.from({ length: 500 }, (_, n) => (n % 100 === 0 ? observation : measurement)(round * 500 + n)),
      )
      appended += 500
    }
    const before = [...(await readAll(spool)).values()]
    const lost = gaps.reduce((sum, gap) => sum + gap.count, 0)
    expect(lost).toBeGreaterThan(0)
    expect(before.filter((record) => record !== null && record.kind !== 'gap')).toHaveLength(appended - lost)
    expect(before.filter((record) => record?.kind === 'observation')).toHaveLength(2000)
    // What is acknowledged goes first from now on, so nothing more is lost.
    await spool.acknowledge({ committed: spool.next - 1, ranges: [] })
    gaps.length = 0
    for (let round = 0; round < 80; round += 1) {
      await spool.append(Array.from({ length: 500 }, (_, n) => measurement(round * 500 + n)))
    }
    expect(gaps).toEqual([])
    await spool.close()
    await (await openSpool(options)).close()
  })

  test('full of other files: an append is refused as retryable or kept, never lost; freed, it works again', async () => {
    using disk = tmpfs()
    const spool = await openSpool({
      directory: join(disk.path, 'spool'),
      maxBytes: 12 * 1024 * 1024,
      segmentBytes: 512 * 1024,
      clock: testClock,
      random: Math.random,
    })
    await spool.append([observation(1)])
    spawnSync('dd', ['if=/dev/zero', `of=${join(disk.path, 'other')}`, 'bs=64k'])
    const device = (n: number) => ({ kind: 'device', at: n, device: `reader-${n}`, state: 'up' as const })
    const kept: number[] = []
    let refused = 0
    for (let round = 0; round < 200; round += 1) {
      try {
        kept.push(await spool.append(Array.from({ length: 100 }, (_, n) => device(round * 100 + n))))
      } catch (fault) {
        expect(fault).toMatchObject({ code: 'storage-full', retryable: true })
        refused += 1
      }
    }
    expect(kept.length).toBeGreaterThan(0) // the reserve
    expect(refused).toBeGreaterThan(0)
    // Acknowledging works on a full disk, and so does a lease.
    await spool.acknowledge({ committed: 1, ranges: [] })
    await spool.setLease('on-a-full-disk')
    spawnSync('rm', [join(disk.path, 'other')])
    const first = await spool.append([observation(7)])
    const found = await readAll(spool)
    for (const sequence of kept) expect(found.get(sequence)).not.toBeUndefined()
    expect(found.get(first)).toEqual(observation(7))
    expect(readdirSync(join(disk.path, 'spool')).filter((name) => name.startsWith('reserve'))).not.toEqual([])
    await spool.close()
  })
})
