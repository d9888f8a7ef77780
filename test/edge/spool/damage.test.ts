import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { openSpool } from '../../../edge/spool/open.ts'
import type { Spool } from '../../../edge/spool/spool.ts'
import type { Gap } from '../../../shared/record.ts'
import { measurement, observation, readAll, temporaryDirectory, testClock } from '../../support/spool.ts'
import { honestyOf } from '../../support/spool-honesty.ts'

const open = (directory: string, onGap?: (gap: Gap) => void) =>
  openSpool({
    directory,
    maxBytes: 8 * 1024 * 1024,
    segmentBytes: 16 * 1024,
    clock: testClock,
    random: Math.random,
    ...(onGap === undefined ? {} : { onGap }),
  })

const total = 300

/** A closed spool of 300 records in several segments; restored before every case. */
async function original(directory: string): Promise<{ readonly files: Map<string, Buffer>; restore(): void }> {
  const spool = await open(directory)
  for (let n = 1; n <= total; n += 10) await spool.append(Array.from({ length: 10 }, (_, i) => observation(n + i)))
  await spool.close()
  const files = new Map(readdirSync(directory).map((name) => [name, readFileSync(join(directory, name))]))
  return {
    files,
    restore() {
      for (const name of readdirSync(directory)) if (!files.has(name)) rmSync(join(directory, name))
      for (const [name, bytes] of files) writeFileSync(join(directory, name), bytes)
    },
  }
}

const segmentsOf = (files: ReadonlyMap<string, Buffer>) =>
  [...files.keys()].filter((name) => name.endsWith('.segment')).sort()

/** Every original record is either there, byte for byte, or covered by a gap; and never both. */
async function expectHonest(spool: Spool, gaps: readonly Gap[]): Promise<number> {
  const { problems, lost } = await honestyOf(spool, gaps, total, observation)
  expect(problems).toEqual([])
  // New numbers lie above all that were ever given.
  expect(await spool.append([observation(9999)])).toBeGreaterThan(total)
  return lost
}

describe('salvage', () => {
  test('cut at many offsets of the newest segment: the part before it is there, the rest declared', async () => {
    using directory = temporaryDirectory()
    const before = await original(directory.path)
    const name = segmentsOf(before.files).at(-1) ?? ''
    const size = before.files.get(name)?.length ?? 0
    for (let length = size - 1; length > Math.max(0, size - 4096); length -= 97) {
      before.restore()
      truncateSync(join(directory.path, name), length)
      const gaps: Gap[] = []
      const spool = await open(directory.path, (gap) => gaps.push(gap))
      expect(await expectHonest(spool, gaps)).toBeGreaterThan(0)
      await spool.close()
    }
  })

  test('a tail of zeros, as a power cut leaves it, is the end and no damage', async () => {
    using directory = temporaryDirectory()
    const before = await original(directory.path)
    const name = segmentsOf(before.files).at(-1) ?? ''
    writeFileSync(
      join(directory.path, name),
      Buffer.concat([before.files.get(name) ?? Buffer.alloc(0), Buffer.alloc(8192)]),
    )
    const gaps: Gap[] = []
    const spool = await open(directory.path, (gap) => gaps.push(gap))
    expect(spool.next).toBe(total + 1)
    expect(await expectHonest(spool, gaps)).toBe(0)
    await spool.close()
  })

  test('a torn write behind the last durable record: nothing is lost, nothing declared, its numbers are passed over', async () => {
    using directory = temporaryDirectory()
    const before = await original(directory.path)
    const names = segmentsOf(before.files)
    const torn = (before.files.get(names[0] ?? '') ?? Buffer.alloc(0)).subarray(64, 164)
    const name = names.at(-1) ?? ''
    writeFileSync(join(directory.path, name), Buffer.concat([before.files.get(name) ?? Buffer.alloc(0), torn]))
    const gaps: Gap[] = []
    const spool = await open(directory.path, (gap) => gaps.push(gap))
    expect(spool.next).toBeGreaterThan(total + 1)
    expect(await expectHonest(spool, gaps)).toBe(0)
    await spool.close()
  })

  test('flipped bits anywhere in any file: it starts, saves the rest, counts the loss', async () => {
    using directory = temporaryDirectory()
    const before = await original(directory.path)
    const names = [...before.files.keys()].filter((name) => name !== 'lock')
    let seed = 1
    const random = () => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
      return seed / 4_294_967_296
    }
    for (let round = 0; round < 60; round += 1) {
      before.restore()
      for (let flip = 0; flip <= round % 4; flip += 1) {
        const name = names[Math.floor(random() * names.length)] ?? ''
        const bytes = readFileSync(join(directory.path, name))
        const at = Math.floor(random() * bytes.length)
        bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8))
        writeFileSync(join(directory.path, name), bytes)
      }
      const gaps: Gap[] = []
      const spool = await open(directory.path, (gap) => gaps.push(gap))
      await expectHonest(spool, gaps)
      await spool.close()
    }
  })

  test('bits that rot while it is open: the rest of the segment is served, the loss declared', async () => {
    using directory = temporaryDirectory()
    const gaps: Gap[] = []
    await original(directory.path)
    const spool = await open(directory.path, (gap) => gaps.push(gap))
    const path = join(
      directory.path,
      segmentsOf(new Map(readdirSync(directory.path).map((n) => [n, Buffer.alloc(0)])))[0] ?? '',
    )
    const bytes = readFileSync(path)
    bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100)
    writeFileSync(path, bytes)
    const found = await readAll(spool)
    expect(found.get(1)).toBeNull()
    expect(found.get(2)).toEqual(observation(2))
    await spool.close()
    expect(gaps).toMatchObject([{ fromSeq: 1, toSeq: 1, count: 1, reason: 'corrupt' }])
  })

  test('a segment that vanishes while it is open: the others are served, the loss declared', async () => {
    using directory = temporaryDirectory()
    const gaps: Gap[] = []
    const { files } = await original(directory.path)
    const spool = await open(directory.path, (gap) => gaps.push(gap))
    const [, second = '', third = ''] = segmentsOf(files)
    rmSync(join(directory.path, second))
    const [from, to] = [Number.parseInt(second, 10), Number.parseInt(third, 10) - 1]
    const found = await readAll(spool)
    expect(found.get(from - 1)).toEqual(observation(from - 1))
    expect([found.get(from), found.get(to)]).toEqual([null, null])
    expect(found.get(to + 1)).toEqual(observation(to + 1))
    await spool.close()
    expect(gaps).toMatchObject([{ fromSeq: from, toSeq: to, count: to - from + 1, reason: 'corrupt' }])
  })

  for (const when of ['at the start', 'while it is open'] as const) {
    test(`damage found ${when}, and no room for its gap record: it starts, and declares it when there is room`, async () => {
      using directory = temporaryDirectory()
      const gaps: Gap[] = []
      const options = {
        directory: directory.path,
        maxBytes: 4 * 1024 * 1024,
        segmentBytes: 512 * 1024,
        clock: testClock,
        random: Math.random,
        onGap: (gap: Gap) => gaps.push(gap),
      }
      const rot = () => {
        const [name = ''] = segmentsOf(new Map(readdirSync(directory.path).map((n) => [n, Buffer.alloc(0)])))
        const bytes = readFileSync(join(directory.path, name))
        bytes.fill(0xff, 90, 100)
        writeFileSync(join(directory.path, name), bytes)
      }
      // Device records never go. The first one is the smallest there is: mending it makes too little room for a gap.
      const device = { kind: 'device', at: 1, device: 'r', state: 'up' } as const
      const fill = async (spool: Spool) => {
        await spool.append([device])
        const large = { ...device, filler: 'x'.repeat(900) }
        for (const records of [Array.from({ length: 100 }, () => large), [large], [device]]) {
          while (await spool.append(records).catch(() => undefined)) {}
        }
      }
      let spool = await openSpool(options)
      await fill(spool)
      if (when === 'at the start') {
        await spool.close()
        rot()
        spool = await openSpool(options)
      } else {
        rot()
      }
      const lost = [...(await readAll(spool))].filter(([, record]) => record === null).map(([sequence]) => sequence)
      expect(lost.length).toBeGreaterThan(0)
      expect(gaps).toEqual([])
      // Neither a crash nor a restart forgets it.
      await spool.close()
      spool = await openSpool(options)
      expect(gaps).toEqual([])
      await spool.acknowledge({ committed: spool.next - 1000, ranges: [] })
      await spool.append([observation(1)])
      await spool.close()
      expect(gaps).toMatchObject([{ fromSeq: lost[0], toSeq: lost.at(-1), count: lost.length, reason: 'corrupt' }])
      spool = await openSpool(options)
      expect([...(await readAll(spool, spool.first)).values()].filter((record) => record?.kind === 'gap')).toEqual(gaps)
      await spool.close()
    })
  }

  test('bytes that rot before their segment is thinned: the loss is declared beside what was given up', async () => {
    using directory = temporaryDirectory()
    const gaps: Gap[] = []
    const spool = await openSpool({
      directory: directory.path,
      maxBytes: 4 * 1024 * 1024,
      segmentBytes: 256 * 1024,
      clock: testClock,
      random: Math.random,
      onGap: (gap) => gaps.push(gap),
    })
    const fill = async (rounds: number) => {
      for (let round = 0; round < rounds; round += 1) {
        await spool.append(Array.from({ length: 200 }, (_, n) => measurement(round * 200 + n)))
      }
    }
    await fill(60)
    const [name = ''] = segmentsOf(new Map(readdirSync(directory.path).map((n) => [n, Buffer.alloc(0)])))
    const bytes = readFileSync(join(directory.path, name))
    bytes.fill(0xff, 1000, 1010)
    bytes.fill(0xff, bytes.length - 30) // the end of it, too
    writeFileSync(join(directory.path, name), bytes)
    await fill(120)
    const nulls = [...(await readAll(spool)).values()].filter((record) => record === null).length
    expect(gaps.filter(({ reason }) => reason === 'corrupt')).toMatchObject([{ count: 1 }, { count: 1 }])
    expect(gaps.reduce((sum, gap) => sum + gap.count, 0)).toBe(nulls)
    await spool.close()
  })

  test('a segment in the middle is gone: its numbers are declared', async () => {
    using directory = temporaryDirectory()
    const before = await original(directory.path)
    rmSync(join(directory.path, segmentsOf(before.files)[1] ?? ''))
    const gaps: Gap[] = []
    const spool = await open(directory.path, (gap) => gaps.push(gap))
    expect(await expectHonest(spool, gaps)).toBeGreaterThan(50)
    await spool.close()
  })

  test('damaged files are kept beside, in bounds', async () => {
    using directory = temporaryDirectory()
    const before = await original(directory.path)
    const name = segmentsOf(before.files)[0] ?? ''
    for (let round = 0; round < 12; round += 1) {
      const bytes = Buffer.from(before.files.get(name) ?? [])
      bytes.writeUInt8(bytes.readUInt8(200) ^ 0xff, 200)
      writeFileSync(join(directory.path, name), bytes)
      await (await open(directory.path)).close()
    }
    const kept = readdirSync(directory.path).filter((file) => file.endsWith('.corrupt'))
    expect(kept.length).toBeGreaterThan(0)
    expect(kept.length).toBeLessThanOrEqual(8)
  })
})

describe('beginning anew', () => {
  test('wiped whole: a new epoch, and records are accepted from 1', async () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'spool')
    const spool = await open(path)
    await spool.append([observation(1)])
    await spool.close()
    rmSync(path, { recursive: true })
    const again = await open(path)
    expect(again.epoch).not.toBe(spool.epoch)
    expect(await again.append([observation(1)])).toBe(1)
    await again.close()
  })

  test('segments wiped, state left: a new epoch, and the loss is declared', async () => {
    using directory = temporaryDirectory()
    const before = await original(directory.path)
    for (const name of segmentsOf(before.files)) rmSync(join(directory.path, name))
    const gaps: Gap[] = []
    const spool = await open(directory.path, (gap) => gaps.push(gap))
    expect(gaps).toMatchObject([{ reason: 'spool-lost', count: total }])
    await spool.close()
  })

  test('the state file lost: epoch and records stay', async () => {
    using directory = temporaryDirectory()
    await original(directory.path)
    const first = await open(directory.path)
    await first.close()
    rmSync(join(directory.path, 'state'))
    const gaps: Gap[] = []
    const spool = await open(directory.path, (gap) => gaps.push(gap))
    expect(spool.epoch).toBe(first.epoch)
    expect(await expectHonest(spool, gaps)).toBe(0)
    await spool.close()
  })

  for (const [name, bump] of [
    [
      'segment',
      (bytes: Buffer) => {
        bytes.writeUInt32LE(2, 8)
        bytes.writeUInt32LE(crc32(bytes.subarray(0, 12)), 12)
      },
    ],
    [
      'state',
      (bytes: Buffer) => {
        for (const slot of [0, 4096]) {
          const length = bytes.readUInt32LE(slot + 8)
          bytes.writeUInt32LE(2, slot + 4)
          bytes.writeUInt32LE(crc32(bytes.subarray(slot + 4, slot + 12 + length)), slot)
        }
      },
    ],
  ] as const) {
    test(`a newer format in the ${name} is refused, and every file kept as it is`, async () => {
      using directory = temporaryDirectory()
      const before = await original(directory.path)
      const file = name === 'segment' ? (segmentsOf(before.files)[1] ?? '') : 'state'
      const bytes = Buffer.from(before.files.get(file) ?? [])
      bump(bytes)
      writeFileSync(join(directory.path, file), bytes)
      await expect(open(directory.path)).rejects.toMatchObject({ code: 'conflict', retryable: false })
      for (const [kept, content] of before.files) {
        expect(readFileSync(join(directory.path, kept)).equals(kept === file ? bytes : content)).toBe(true)
      }
      expect(existsSync(join(directory.path, 'lock'))).toBe(true)
    })
  }
})
