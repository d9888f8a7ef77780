import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type FollowOptions, follow } from '../../../cloud/journal/follow.ts'
import type { JournalEntry } from '../../../cloud/journal/journal.ts'
import type { Projection } from '../../../cloud/journal/projection.ts'
import { openSetAside, type SetAside } from '../../../cloud/journal/set-aside.ts'
import { Fault } from '../../../shared/fault.ts'
import { temporaryDirectory, temporaryJournal, wallClock } from '../../support/journal.ts'
import { until } from '../../support/until.ts'

const tick = (at: number) => ({ kind: 'tick', at }) as const

/** Sums up ticks; `refuse` says what goes wrong with these entries, if anything. */
function summing(refuse: (entries: readonly JournalEntry[]) => unknown = () => undefined) {
  const projection = {
    name: 'sum',
    offset: 0,
    applied: [] as number[],
    calls: 0,
    async apply(entries: readonly JournalEntry[]) {
      projection.calls++
      const problem = refuse(entries)
      if (problem !== undefined) throw problem
      for (const { offset, records } of entries) {
        expect(offset).toBe(projection.offset + 1)
        projection.offset = offset
        for (const record of records) if (record?.kind === 'tick') projection.applied.push(Number(record.at))
      }
    },
    async skip(offset: number) {
      expect(offset).toBe(projection.offset + 1)
      projection.offset = offset
    },
    async close() {},
  } satisfies Projection & { applied: number[]; calls: number }
  return projection
}

async function street(projection: Projection, more: Partial<FollowOptions> = {}) {
  const { journal } = await temporaryJournal()
  const aborting = new AbortController()
  onTestFinished(() => aborting.abort())
  const told = { setAside: [] as SetAside[], troubles: [] as string[], recoveries: 0 }
  const following = follow(journal, projection, {
    signal: aborting.signal,
    clock: wallClock,
    random: () => 0,
    onSetAside: (entry) => void told.setAside.push(entry),
    onTrouble: (fault) => told.troubles.push(fault.code),
    onRecovered: () => told.recoveries++,
    ...more,
  })
  return { journal, aborting, following, told }
}

const holds = (entries: readonly JournalEntry[], at: number) =>
  entries.some(({ records }) => records.some((record) => record?.kind === 'tick' && record.at === at))

describe('follow', () => {
  test('applies what is there and what comes, and tells how far behind it is', async () => {
    const projection = summing()
    const { journal, following } = await street(projection)
    for (let i = 1; i <= 3; i++) await journal.appendOwn(undefined, [tick(i)])
    await until('all is applied', () => following.lag === 0)
    await journal.appendOwn(undefined, [tick(4)])
    await until('the new one is applied', () => following.lag === 0)
    expect(projection.applied).toEqual([1, 2, 3, 4])
  })

  test('goes on where the projection stands', async () => {
    const projection = summing()
    projection.offset = 2
    const { journal, following } = await street(projection)
    await Promise.all([1, 2, 3].map((at) => journal.appendOwn(undefined, [tick(at)])))
    await until('all is applied', () => following.lag === 0)
    expect(projection.applied).toEqual([3])
  })

  test('a poison entry is found, set aside with its reason, and everything around it is applied once', async () => {
    const projection = summing((entries) => (holds(entries, 37) ? new Error('37 cannot be') : undefined))
    const { journal, following, told } = await street(projection)
    await Promise.all(Array.from({ length: 100 }, (_, i) => journal.appendOwn(undefined, [tick(i + 1)])))
    await until('all is applied', () => following.lag === 0)
    expect(projection.applied).toEqual(Array.from({ length: 100 }, (_, i) => i + 1).filter((at) => at !== 37))
    expect(told.setAside).toEqual([{ projection: 'sum', offset: 37, at: expect.any(Number), reason: '37 cannot be' }])
    expect(projection.calls).toBeLessThan(20)
    expect(told.troubles).toEqual([])
  })

  test('a store that is away: nothing set aside, one trouble told, and it goes on when the store is back', async () => {
    let away = true
    const projection = summing(() => (away ? new Fault('not-reachable', 'store', { retryable: true }) : undefined))
    const { journal, following, told } = await street(projection)
    await journal.appendOwn(undefined, [tick(1)])
    await until('it has tried several times', () => projection.calls > 5)
    expect(following.trouble?.code).toBe('not-reachable')
    away = false
    await until('it is applied', () => following.lag === 0)
    expect([projection.applied, told.setAside, told.troubles, told.recoveries]).toEqual([[1], [], ['not-reachable'], 1])
    expect(following.trouble).toBeUndefined()
  })

  test('a projection that can apply nothing at all stands still instead of setting the journal aside', async () => {
    let broken = true
    const projection = summing(() => (broken ? new TypeError('bug') : undefined))
    const { journal, following, told } = await street(projection)
    await Promise.all(Array.from({ length: 50 }, (_, i) => journal.appendOwn(undefined, [tick(i + 1)])))
    await until('it stands still', () => following.trouble)
    expect(told.setAside.length).toBe(20)
    broken = false
    await until('it goes on', () => following.lag === 0)
    expect(projection.applied).toEqual(Array.from({ length: 30 }, (_, i) => i + 21))
  })

  test('does not move past poison that cannot be kept', async () => {
    const projection = summing((entries) => (holds(entries, 1) ? new Error('no') : undefined))
    let full = true
    const kept: SetAside[] = []
    const { journal, following } = await street(projection, {
      onSetAside: (entry) => {
        if (full) throw new Fault('storage-full', 'full', { retryable: true })
        kept.push(entry)
      },
    })
    await journal.appendOwn(undefined, [tick(1)])
    await until('it is in trouble', () => following.trouble?.code === 'storage-full')
    expect(projection.offset).toBe(0)
    full = false
    await until('it has moved', () => projection.offset === 1)
    expect(kept.length).toBe(1)
  })

  test('one that fails does not stop another', async () => {
    const failing = summing(() => new Fault('not-reachable', 'away', { retryable: true }))
    const { journal, aborting, following } = await street(failing)
    const healthy = summing()
    const other = follow(journal, healthy, {
      signal: aborting.signal,
      clock: wallClock,
      random: () => 0,
      onSetAside() {},
    })
    await journal.appendOwn(undefined, [tick(1)])
    await until('the healthy one has it', () => other.lag === 0)
    expect(following.lag).toBe(1)
    aborting.abort()
    await Promise.all([following.done, other.done])
  })
})

test('what was set aside stands in a file, once per entry', () => {
  const path = join(temporaryDirectory(), 'set-aside.sqlite')
  const first = openSetAside(path)
  first.add({ projection: 'stock', offset: 9, at: 1, reason: 'a' })
  first.add({ projection: 'stock', offset: 9, at: 2, reason: 'b' })
  first.add({ projection: 'alerts', offset: 9, at: 1, reason: 'c' })
  first.close()
  first.close()
  const again = openSetAside(path)
  expect(again.list()).toEqual([
    { projection: 'alerts', offset: 9, at: 1, reason: 'c' },
    { projection: 'stock', offset: 9, at: 2, reason: 'b' },
  ])
  again.forget('stock')
  expect(again.list().length).toBe(1)
  again.close()
})
