import { describe, expect, test } from 'vitest'
import { forksIn } from '../../../cloud/journal/forks.ts'
import type { GatewayBatch } from '../../../cloud/journal/journal.ts'
import { openJournal } from '../../../cloud/journal/sqlite.ts'
import type { Gap } from '../../../shared/record.ts'
import { epochA, epochB, measured, reel, run, seeded, temporaryJournal, wallClock } from '../../support/journal.ts'

const other = { site: 'north', gateway: 'gate-2' }

async function sender(epoch = epochA) {
  const { journal, path } = await temporaryJournal()
  const lease = await journal.grantLease(reel, epoch)
  const send = (first: number, records: GatewayBatch['records']) =>
    journal.append({ ...reel, epoch, lease, first, records, receivedAt: 1_790_000_000_000 })
  return { journal, path, send }
}

describe('a repeated number', () => {
  for (const [name, again, expected] of [
    ['with the same content', [measured(2), measured(3)], { ok: true, accepted: 0 }],
    ['thinned meanwhile', [null, measured(3)], { ok: true, accepted: 0 }],
    ['in front of new ones', [measured(3), measured(4), measured(5)], { ok: true, accepted: 2 }],
    ['with another content', [measured(9)], { ok: false, reason: 'contradiction', sequence: 2 }],
    ['with another content, among new ones', [measured(3), measured(8), measured(9)], { ok: true }],
  ] as const) {
    test(name, async () => {
      const { send } = await sender()
      await send(1, run(1, 3))
      expect(await send(again[0]?.values.temperature === 3 ? 3 : 2, again)).toMatchObject(expected)
    })
  }

  test('with another content does not enter, not even what is new in its batch', async () => {
    const { send, journal } = await sender()
    await send(1, run(1, 3))
    await send(3, [measured(77), measured(4)])
    expect(await journal.closed(reel, epochA)).toEqual({ committed: 3, ranges: [] })
  })

  test('of another epoch is another number', async () => {
    const { send, journal } = await sender()
    await send(1, run(1, 3))
    const lease = await journal.grantLease(reel, epochB)
    const batch = { ...reel, epoch: epochB, lease, first: 1, records: [measured(9)], receivedAt: 5 }
    expect(await journal.append(batch)).toMatchObject({ ok: true, accepted: 1 })
  })
})

test('a frozen gateway stays frozen over a restart, others go on; frozen and released once', async () => {
  const { send, journal, path } = await sender()
  await send(1, run(1, 1))
  await Promise.all([journal.freeze(reel, epochA, 'two of them'), journal.freeze(reel, epochA, 'once more')])
  expect(await send(2, run(2, 1))).toEqual({ ok: false, reason: 'forked' })
  const lease = await journal.grantLease(other, epochB)
  const batch = { ...other, epoch: epochB, lease, first: 1, records: run(1, 1), receivedAt: 5 }
  expect(await journal.append(batch)).toMatchObject({ ok: true })
  expect(forksIn(path)).toMatchObject([{ ...reel, epoch: epochA, reason: 'two of them' }])
  await journal.close()

  const again = await openJournal({ path, clock: wallClock, random: seeded(8) })
  expect(again.forked(reel)?.reason).toBe('two of them')
  expect(await Promise.all([again.release(reel, 'kim'), again.release(reel, 'kim')])).toEqual([true, false])
  expect(again.forked(reel)).toBeUndefined()
  const own = (await again.read(0, 1000)).flatMap((entry) => (entry.origin === 'cloud' ? entry.records : []))
  expect(own).toMatchObject([
    { kind: 'fork', state: 'forked', reason: 'two of them' },
    { kind: 'fork', state: 'released', reason: 'kim' },
  ])
  await again.close()
})

describe('a gap record closes', () => {
  const gap = (fromSeq: number, toSeq: number, count = toSeq - fromSeq + 1): Gap => ({
    ...{ kind: 'gap', fromSeq, toSeq, count, fromAt: 1, toAt: 2, reason: 'server-restored', class: 'unknown' },
  })
  for (const [name, record, expected] of [
    ['its range', gap(2, 4), { committed: 5, ranges: [] }],
    [
      'a part of the hole',
      gap(3, 3),
      {
        committed: 1,
        ranges: [
          [3, 3],
          [5, 5],
        ],
      },
    ],
    ['nothing when others stand between', gap(2, 4, 2), { committed: 1, ranges: [[5, 5]] }],
    ['nothing that comes after it', gap(2, 9), { committed: 1, ranges: [[5, 5]] }],
    ['nothing without a range', { ...gap(2, 4), fromSeq: undefined }, { committed: 1, ranges: [[5, 5]] }],
  ] as const) {
    test(name, async () => {
      const { send, journal } = await sender()
      await send(1, run(1, 1))
      expect(await send(5, [record as Gap])).toMatchObject({ ok: true, closed: expected })
      expect(await journal.closed(reel, epochA)).toEqual(expected)
    })
  }

  test('and a sender with more holes than an ack tells of can still go on at the oldest', async () => {
    const { send, journal } = await sender()
    for (let hole = 0; hole < 16; hole++) await send(100 + hole * 10, run(100 + hole * 10, 1))
    // A gap in the newest batch tears a seventeenth stretch off.
    expect(await send(250, [measured(250), gap(5, 6)])).toMatchObject({ ok: true })
    expect((await journal.closed(reel, epochA)).ranges).toHaveLength(17)
    expect(await send(1, run(1, 1))).toMatchObject({ ok: true, closed: { committed: 1 } })
    expect(await send(2, run(2, 3))).toMatchObject({ ok: true, closed: { committed: 6 } })
  })
})
