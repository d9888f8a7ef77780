import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { baseOf, dataFiles, projectionNames } from '../../../cloud/data-files.ts'
import { rebuildable } from '../../../cloud/rebuild/catalogue.ts'
import { rebuild } from '../../../cloud/rebuild/rebuild.ts'
import { makeBase } from '../../../cloud/retention/base.ts'
import { cutJournal, type RetentionParts } from '../../../cloud/retention/run.ts'
import { canonical } from '../../support/canonical.ts'
import { anyRecord, dataDirectory } from '../../support/data-directory.ts'
import { epochA, reel, run, temporaryJournal, wallClock } from '../../support/journal.ts'
import { measurement, never, observation, t0 } from '../../support/journal-entries.ts'

const readModels = projectionNames.map((name) => dataFiles[name])
const story = fc.array(fc.array(anyRecord, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 6 })

test('cut anywhere below the base, every projection rebuilt says byte for byte what it said before', async () => {
  await fc.assert(
    fc.asyncProperty(story, story, fc.double({ min: 0, max: 1, noNaN: true }), async (before, after, share) => {
      const { config, directory, journal, around, happens } = await dataDirectory(before, 1)
      const known = makeBase(directory, readModels)
      expect(known).toBe(journal.tail)
      await journal.trim(Math.ceil(known * share), never)
      await happens(after)
      for (const name of projectionNames) {
        const target = await rebuildable(name, config, wallClock)
        const was = await canonical(name, target.path)
        writeFileSync(target.path, 'scribbled over')
        await rebuild(target, around)
        expect(await canonical(name, target.path)).toBe(was)
      }
    }),
    { numRuns: 10 },
  )
})

describe('the journal', () => {
  const some = [[observation(t0, 'shelf.1')], [measurement(t0, { temperature: 9 })], [observation(t0, 'shelf.2')]]

  test('that was cut says so to who reads from before, and goes on with its numbers', async () => {
    const { journal, happens } = await dataDirectory(some, 10)
    const { tail } = journal
    await journal.trim(2, never)
    expect(journal.trimmed).toBe(2)
    await expect(journal.read(0, 10)).rejects.toMatchObject({ code: 'storage-broken' })
    expect((await journal.read(2, 100)).map(({ offset }) => offset)[0]).toBe(3)
    await happens([[observation(t0 + 1000, 'shelf.1')]])
    expect(journal.tail).toBeGreaterThan(tail)
  })

  test('keeps its newest entry whatever is asked, so its numbers never begin again', async () => {
    const { journal } = await dataDirectory(some, 10)
    await journal.trim(1_000_000, never)
    expect(journal.trimmed).toBe(journal.tail - 1)
  })

  test.each([
    [1000, 0],
    [1001, 1],
    [2500, 2],
    [9999, 3], // the newest never is
  ])('knows what was recorded before %i', async (at, offset) => {
    const { journal } = await temporaryJournal()
    const lease = await journal.grantLease(reel, epochA)
    for (const first of [1, 2, 3, 4])
      await journal.append({ ...reel, epoch: epochA, lease, first, records: run(first, 1), receivedAt: first * 1000 })
    expect(await journal.olderThan(at)).toBe(offset)
  })
})

describe('a rebuild of a journal that was cut', () => {
  test('without its base is refused, and the old file stays', async () => {
    const { config, journal, around } = await dataDirectory([[observation(t0, 'shelf.1')]], 1)
    await journal.trim(2, never)
    const target = await rebuildable('inventory', config, wallClock)
    const was = await canonical('inventory', target.path)
    await expect(rebuild(target, around)).rejects.toMatchObject({ code: 'storage-broken' })
    expect(await canonical('inventory', target.path)).toBe(was)
  })
})

describe('a base', () => {
  test('of a file that is damaged is not taken, the one before it stays, and nothing is cut', async () => {
    const { directory } = await dataDirectory([[observation(t0, 'shelf.1')]], 1)
    makeBase(directory, readModels)
    writeFileSync(join(directory, dataFiles.alerts), Buffer.alloc(8192, 7))
    expect(() => makeBase(directory, readModels)).toThrow(expect.objectContaining({ code: 'storage-broken' }))
    expect(existsSync(join(directory, baseOf(dataFiles.alerts)))).toBe(true)
  })
})

describe('retention', () => {
  const dayMs = 86_400_000
  const parts = (changes: Partial<RetentionParts> = {}) => {
    const cut: number[] = []
    const asked: number[] = []
    const all: RetentionParts = {
      keepDays: 30,
      clock: { now: () => 100 * dayMs, monotonicMs: () => 0 },
      olderThan: async (at) => {
        asked.push(at)
        return 500
      },
      trimmed: async () => 0,
      makeBase: async () => 900,
      trim: async (to) => void cut.push(to),
      onCut: () => {},
      onTrouble: () => {},
      ...changes,
    }
    return { all, cut, asked }
  }

  test.each([
    ['what is older than it keeps', {}, [500]],
    ['nothing beyond what a base knows', { makeBase: async () => 300 }, [300]],
    ['nothing for the sake of a few entries', { trimmed: async () => 450 }, []],
  ])('cuts %s', async (_what, changes, expected) => {
    const { all, cut, asked } = parts(changes)
    await cutJournal(all, 100)
    expect(cut).toEqual(expected)
    expect(asked).toEqual([70 * dayMs])
  })

  test('cuts nothing when no base can be made', async () => {
    const { all, cut } = parts({ makeBase: () => Promise.reject(new Error('disk full')) })
    await expect(cutJournal(all, 100)).rejects.toThrow('disk full')
    expect(cut).toEqual([])
  })
})
