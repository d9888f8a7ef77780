import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import type { GatewayBatch, Journal, JournalEntry } from '../../../cloud/journal/journal.ts'
import { openJournal } from '../../../cloud/journal/sqlite.ts'
import { epochA, epochB, measured, reel, run, seeded, temporaryJournal, wallClock } from '../../support/journal.ts'

const tick = (at: number) => ({ kind: 'tick', at }) as const

async function greeted(options: { readonly recentBytes?: number } = {}) {
  const { path, journal } = await temporaryJournal(options)
  const lease = await journal.grantLease(reel, epochA)
  const batch = (first: number, count: number, more: Partial<GatewayBatch> = {}): GatewayBatch => ({
    ...reel,
    epoch: epochA,
    lease,
    first,
    records: run(first, count),
    receivedAt: 1_790_000_000_000,
    ...more,
  })
  return { path, journal, lease, batch }
}

/** `first+count`, with `late` and the kind of an own entry: one short word per entry. */
const shape = (entries: readonly JournalEntry[]) =>
  entries.map((entry) =>
    entry.origin === 'gateway'
      ? `${entry.first}+${entry.records.length}${entry.late ? ' late' : ''}`
      : `own ${entry.records.map(({ kind }) => kind).join(',')}`,
  )

describe('fencing', () => {
  for (const [name, batches, entries, committed, ranges] of [
    [
      'in order',
      [
        [1, 3],
        [4, 2],
      ],
      ['1+3', '4+2'],
      5,
      [],
    ],
    [
      'the same batch twice',
      [
        [1, 3],
        [1, 3],
      ],
      ['1+3'],
      3,
      [],
    ],
    [
      'overlapping the watermark',
      [
        [1, 3],
        [2, 4],
      ],
      ['1+3', '4+2'],
      5,
      [],
    ],
    [
      'live data ahead of a backlog',
      [
        [1, 2],
        [11, 2],
        [3, 2],
      ],
      ['1+2', '11+2', '3+2 late'],
      4,
      [[11, 12]],
    ],
    [
      'a batch across what is closed',
      [
        [3, 2],
        [1, 6],
      ],
      ['3+2', '1+2 late', '5+2'],
      6,
      [],
    ],
    [
      'a hole filled',
      [
        [1, 1],
        [3, 1],
        [2, 1],
      ],
      ['1+1', '3+1', '2+1 late'],
      3,
      [],
    ],
  ] as const) {
    test(name, async () => {
      const { journal, batch } = await greeted()
      for (const [first, count] of batches)
        expect(await journal.append(batch(first, count))).toMatchObject({ ok: true })
      expect(shape(await journal.read(0, 1000))).toEqual(entries)
      expect(await journal.closed(reel, epochA)).toEqual({ committed, ranges })
    })
  }

  test('each entry holds the records of its own numbers', async () => {
    const { journal, batch } = await greeted()
    await journal.append(batch(3, 2))
    await journal.append(batch(1, 6))
    for (const entry of await journal.read(0, 1000))
      if (entry.origin === 'gateway') expect(entry.records).toEqual(run(entry.first, entry.records.length))
  })

  test('another epoch begins at its own 1', async () => {
    const { journal, batch } = await greeted()
    await journal.append(batch(1, 3))
    const lease = await journal.grantLease(reel, epochB)
    expect(await journal.append(batch(1, 2, { epoch: epochB, lease }))).toMatchObject({ ok: true, accepted: 2 })
    expect(await journal.closed(reel, epochA)).toEqual({ committed: 3, ranges: [] })
    expect(await journal.closed(reel, epochB)).toEqual({ committed: 2, ranges: [] })
  })

  test('no more holes than an ack can tell of; the oldest can always be filled', async () => {
    const { journal, batch } = await greeted()
    for (let i = 1; i <= 16; i++) await journal.append(batch(i * 10, 1))
    expect(await journal.append(batch(1000, 1))).toEqual({ ok: false, reason: 'holes' })
    expect(await journal.append(batch(1, 9))).toMatchObject({ ok: true })
    expect(await journal.append(batch(1000, 1))).toMatchObject({ ok: true })
  })

  test('thinned records stay null', async () => {
    const { journal, batch } = await greeted()
    const appended = await journal.append(batch(1, 3, { records: [measured(1), null, measured(3)] }))
    expect(appended).toMatchObject({ ok: true, accepted: 2, closed: { committed: 3 } })
  })
})

describe('quarantine', () => {
  const bad = [{ sequence: 2, reason: 'schema: at', sample: '{"kind":"device"}' }]

  test('closes its number and stands as an entry of its own', async () => {
    const { journal, batch } = await greeted()
    const records = [measured(1), null, measured(3)]
    const appended = await journal.append(batch(1, 3, { records, quarantined: bad }))
    expect(appended).toMatchObject({ ok: true, accepted: 2, quarantined: 1, closed: { committed: 3 } })
    const entries = await journal.read(0, 1000)
    expect(shape(entries)).toEqual(['1+3', 'own quarantine'])
    expect(entries[1]?.records[0]).toMatchObject({
      gateway: 'gate-1',
      epoch: epochA,
      first: 2,
      last: 2,
      reason: 'schema: at',
    })
  })

  test('sent again it is not written again', async () => {
    const { journal, batch } = await greeted()
    const again = batch(1, 3, { records: [measured(1), null, measured(3)], quarantined: bad })
    await journal.append(again)
    expect(await journal.append(again)).toMatchObject({ ok: true, accepted: 0, quarantined: 0 })
    expect(journal.tail).toBe(2)
  })
})

describe('leases', () => {
  const attempt = async (journal: Journal, lease: string, batch: GatewayBatch) =>
    (await journal.append({ ...batch, lease })).ok

  test('the first batch under a new one retires the one before', async () => {
    const { journal, lease, batch } = await greeted()
    expect(await attempt(journal, lease, batch(1, 1))).toBe(true)
    const next = await journal.grantLease(reel, epochA)
    expect(await attempt(journal, lease, batch(2, 1))).toBe(true) // granted is not yet in force
    expect(await attempt(journal, next, batch(3, 1))).toBe(true)
    expect(await attempt(journal, lease, batch(4, 1))).toBe(false)
    expect(await journal.closed(reel, epochA)).toEqual({ committed: 3, ranges: [] })
  })

  test('several may be granted and never used; older ones than the one in force are refused', async () => {
    const { journal, lease, batch } = await greeted()
    const lost = await journal.grantLease(reel, epochA)
    const used = await journal.grantLease(reel, epochA)
    expect(await attempt(journal, used, batch(1, 1))).toBe(true)
    expect(await attempt(journal, lost, batch(2, 1))).toBe(false)
    expect(await attempt(journal, lease, batch(2, 1))).toBe(false)
  })

  test('a repeated batch under a new lease retires the old one too', async () => {
    const { journal, lease, batch } = await greeted()
    await attempt(journal, lease, batch(1, 1))
    const next = await journal.grantLease(reel, epochA)
    await attempt(journal, next, batch(1, 1))
    expect(await attempt(journal, lease, batch(2, 1))).toBe(false)
  })

  test('one of another gateway, of another epoch, or of nobody is refused', async () => {
    const { journal, batch } = await greeted()
    const foreign = await journal.grantLease({ site: 'north', gateway: 'gate-2' }, epochA)
    const other = await journal.grantLease(reel, epochB)
    for (const lease of [foreign, other, 'made up']) expect(await attempt(journal, lease, batch(1, 1))).toBe(false)
    expect(journal.tail).toBe(0)
  })

  test('what is kept of them: granted, first used, retired; and no more than 65 of a gateway that flaps', async () => {
    const { path, journal, lease, batch } = await greeted()
    await attempt(journal, lease, batch(1, 1))
    for (let i = 0; i < 200; i++) await journal.grantLease(reel, epochA)
    expect(await attempt(journal, lease, batch(2, 1))).toBe(true)
    const newest = await journal.grantLease(reel, epochA)
    await attempt(journal, newest, batch(3, 1))
    const database = new DatabaseSync(path, { readOnly: true })
    const rows = database.prepare('SELECT * FROM lease ORDER BY number').all()
    database.close()
    expect(rows.length).toBe(65)
    expect(rows[0]).toMatchObject({ lease, first_used_at: expect.any(Number), retired_at: expect.any(Number) })
    expect(rows.at(-1)).toMatchObject({ lease: newest, first_used_at: expect.any(Number), retired_at: null })
  })
})

describe('reading', () => {
  for (const [where, recentBytes] of [
    ['memory', 1_000_000],
    ['the file', 0],
  ] as const) {
    test(`from ${where}: in order, without holes, the same records`, async () => {
      const { journal, batch } = await greeted({ recentBytes })
      const text = Buffer.from(JSON.stringify({ v: 1, epoch: epochA, lease: 'x', first: 4, records: run(4, 2) }))
      await journal.append(batch(1, 3))
      await journal.append(batch(4, 2, { text }))
      await journal.appendOwn('north', [tick(5), tick(6)])
      await journal.appendOwn(undefined, [tick(7)])
      expect(await journal.read(0, 1000)).toEqual([
        {
          origin: 'gateway',
          offset: 1,
          recordedAt: 1_790_000_000_000,
          ...reel,
          epoch: epochA,
          first: 1,
          late: false,
          records: run(1, 3),
        },
        {
          origin: 'gateway',
          offset: 2,
          recordedAt: 1_790_000_000_000,
          ...reel,
          epoch: epochA,
          first: 4,
          late: false,
          records: run(4, 2),
        },
        { origin: 'cloud', offset: 3, recordedAt: expect.any(Number), site: 'north', records: [tick(5), tick(6)] },
        { origin: 'cloud', offset: 4, recordedAt: expect.any(Number), site: undefined, records: [tick(7)] },
      ])
      expect(await journal.read(4, 1000)).toEqual([])
    })

    test(`from ${where}: about so many records, at least one entry`, async () => {
      const { journal, batch } = await greeted({ recentBytes })
      for (let first = 1; first <= 50; first += 10) await journal.append(batch(first, 10))
      expect(shape(await journal.read(0, 1))).toEqual(['1+10'])
      expect(shape(await journal.read(1, 15))).toEqual(['11+10', '21+10'])
      expect(shape(await journal.read(3, 1000))).toEqual(['31+10', '41+10'])
    })
  }

  test('what has left the memory comes from the file, seamlessly', async () => {
    const { journal, batch } = await greeted({ recentBytes: 2000 })
    for (let first = 1; first <= 1000; first++) await journal.append(batch(first, 1))
    const numbers: number[] = []
    for (let after = 0; after < journal.tail; ) {
      for (const entry of await journal.read(after, 7)) {
        expect(entry.offset).toBe(++after)
        if (entry.origin === 'gateway') numbers.push(entry.first)
      }
    }
    expect(numbers).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1))
  })

  test('waitBeyond wakes on the append, or on the signal, or at the end', async () => {
    const { journal, batch } = await greeted()
    const aborting = new AbortController()
    const waits = [0, 1, 5].map((after) => journal.waitBeyond(after, aborting.signal).then(() => after))
    await journal.append(batch(1, 1))
    expect(await Promise.race(waits)).toBe(0)
    aborting.abort()
    await Promise.all(waits)
    const atTheEnd = journal.waitBeyond(5, new AbortController().signal)
    await journal.close()
    await atTheEnd
  })
})

/** Commits in the WAL file: frames that carry the size of the database (SQLite file format, 4.1). */
function commitsInWal(path: string): number {
  const wal = readFileSync(`${path}-wal`)
  const frameBytes = 24 + wal.readUInt32BE(8)
  let commits = 0
  for (let at = 32; at < wal.length; at += frameBytes) if (wal.readUInt32BE(at + 4) > 0) commits++
  return commits
}

test('appends of one turn share one commit, in the order of the calls', async () => {
  const { path, journal, batch } = await greeted()
  const before = commitsInWal(path)
  await Promise.all(Array.from({ length: 100 }, (_, i) => journal.append(batch(1 + i * 2, 2))))
  expect(commitsInWal(path) - before).toBe(1)
  expect((await journal.read(0, 1000)).map(({ offset }) => offset)).toEqual(
    Array.from({ length: 100 }, (_, i) => i + 1),
  )
  expect(await journal.closed(reel, epochA)).toEqual({ committed: 200, ranges: [] })
})

test('a call that cannot be written fails alone', async () => {
  const { journal, batch } = await greeted()
  const endless: Record<string, unknown> = { kind: 'x' }
  endless['self'] = endless
  const poisoned = batch(4, 1, { records: [endless as { kind: string }] })
  const results = await Promise.allSettled([batch(1, 3), poisoned, batch(5, 2)].map((one) => journal.append(one)))
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(await journal.closed(reel, epochA)).toEqual({ committed: 3, ranges: [[5, 6]] })
  expect(shape(await journal.read(0, 100))).toEqual(['1+3', '5+2'])
})

test('opened again: same server, same tail, same fence, same lease in force', async () => {
  const { path, journal, lease, batch } = await greeted()
  await journal.append(batch(1, 3))
  await journal.append(batch(7, 3))
  await journal.close()
  await journal.close()
  await expect(journal.append(batch(4, 1))).rejects.toMatchObject({ code: 'internal' })
  const again = await openJournal({ path, clock: wallClock, random: seeded(8) })
  expect([again.server, again.tail]).toEqual([journal.server, 2])
  expect(await again.append(batch(1, 9))).toMatchObject({ ok: true, accepted: 3, closed: { committed: 9, ranges: [] } })
  expect(await again.append(batch(10, 1, { lease: 'unknown' }))).toEqual({ ok: false, reason: 'lease-retired' })
  expect(await again.append(batch(10, 1, { lease }))).toMatchObject({ ok: true })
  await again.close()
})

test('two processes on one file: the second is told, nothing is mixed up', async () => {
  const { path, journal, batch } = await greeted()
  const other = await openJournal({ path, clock: wallClock, random: seeded(9) })
  await journal.append(batch(1, 3))
  await expect(other.append(batch(4, 3))).rejects.toMatchObject({ code: 'conflict', retryable: false })
  await other.close()
  expect(shape(await journal.read(0, 100))).toEqual(['1+3'])
})

test('bytes that the disk has changed are told by their offset', async () => {
  const { path, journal, batch } = await greeted({ recentBytes: 0 })
  await journal.append(batch(1, 3))
  const database = new DatabaseSync(path)
  database.exec(`UPDATE entry SET body = x'7b' WHERE offset = 1`)
  database.close()
  await expect(journal.read(0, 10)).rejects.toMatchObject({
    code: 'storage-broken',
    message: expect.stringContaining('Entry 1 '),
  })
})
