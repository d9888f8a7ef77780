import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dataFiles, projectionNames } from '../../../cloud/data-files.ts'
import { lockDataDirectory } from '../../../cloud/database/lock.ts'
import { rebuildable } from '../../../cloud/rebuild/catalogue.ts'
import { rebuild } from '../../../cloud/rebuild/rebuild.ts'
import { Fault } from '../../../shared/fault.ts'
import { canonical } from '../../support/canonical.ts'
import { anyRecord, dataDirectory } from '../../support/data-directory.ts'
import { temporaryDirectory, wallClock } from '../../support/journal.ts'
import { measurement, observation, t0 } from '../../support/journal-entries.ts'

// Opens over a hundred files and syncs each: a slow disk may take its time.
test('every projection rebuilt from the journal says byte for byte what it said before', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(anyRecord, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 3 }),
      async (batches, ticksEvery) => {
        const { config, around } = await dataDirectory(batches, ticksEvery)
        for (const name of projectionNames) {
          const target = await rebuildable(name, config, wallClock)
          const before = await canonical(name, target.path)
          // A story of gaps and clocks leaves no series behind; the map is in every other one.
          if (name !== 'series') expect(before).not.toBe('')
          // Whatever was wrong with the old file goes with it.
          writeFileSync(target.path, 'scribbled over')
          await rebuild(target, around)
          expect(await canonical(name, target.path)).toBe(before)
          expect(existsSync(`${target.path}.rebuilding`)).toBe(false)
        }
      },
    ),
    { numRuns: 15 },
  )
})

test('opened again, every projection stands where it stood: nothing is applied twice, and nothing left out', async () => {
  const lost = { kind: 'gap', fromAt: t0, toAt: t0, count: 2, reason: 'overflow', class: 'observation' } as const
  const { config, journal } = await dataDirectory([[observation(t0, 'shelf.1')], [lost]], 2)
  for (const name of projectionNames) {
    const projection = await (await rebuildable(name, config, wallClock)).open(
      join(config.dataDirectory, dataFiles[name]),
    )
    expect([name, projection.offset]).toEqual([name, journal.tail])
    await projection.close()
  }
})

describe('a rebuild', () => {
  const some = [[observation(t0, 'shelf.1')], [measurement(t0, { temperature: 9 })]]

  test('tells how far it is, to the end', async () => {
    const { config, around, journal } = await dataDirectory(some, 1)
    const told: (readonly [number, number])[] = []
    const result = await rebuild(await rebuildable('inventory', config, wallClock), {
      ...around,
      onProgress: (done, total) => told.push([done, total]),
    })
    expect(told.at(-1)).toEqual([journal.tail, journal.tail])
    expect(result).toEqual({ entries: journal.tail, setAside: 0 })
  })

  test('that is stopped leaves the old one in force', async () => {
    const { config, around } = await dataDirectory(some, 1)
    const target = await rebuildable('alerts', config, wallClock)
    const before = await canonical('alerts', target.path)
    await expect(rebuild(target, { ...around, signal: AbortSignal.abort() })).rejects.toThrow()
    expect(await canonical('alerts', target.path)).toBe(before)
    expect(existsSync(`${target.path}.rebuilding`)).toBe(false)
  })

  test('applies what had been set aside, and keeps a list of what still cannot be', async () => {
    const { config, around, setAside } = await dataDirectory(some, 1)
    setAside.add({ projection: 'supervision', offset: 3, at: t0, reason: 'of an older program' })
    setAside.add({ projection: 'alerts', offset: 3, at: t0, reason: 'not asked about' })
    const target = await rebuildable('supervision', config, wallClock)
    const picky = {
      path: target.path,
      async open(path: string) {
        const projection = await target.open(path)
        const { apply } = projection
        projection.apply = async (entries, signal) => {
          if (entries.some(({ offset }) => offset === 4)) throw new Error('cannot be read')
          await apply(entries, signal)
        }
        return projection
      },
    }
    expect((await rebuild(picky, around)).setAside).toBe(1)
    expect(setAside.list().map(({ projection, offset }) => [projection, offset])).toEqual([
      ['alerts', 3],
      ['supervision', 4],
    ])
  })

  test('of a projection that is broken itself ends with its reason', async () => {
    const { config, around } = await dataDirectory(
      Array.from({ length: 30 }, () => [observation(t0, 'shelf.1')]),
      1,
    )
    const target = await rebuildable('inventory', config, wallClock)
    const broken = {
      path: target.path,
      async open(path: string) {
        const projection = await target.open(path)
        projection.apply = async () => {
          throw new Fault('internal', 'cannot fold')
        }
        return projection
      },
    }
    const before = await canonical('inventory', target.path)
    await expect(rebuild(broken, around)).rejects.toThrow('cannot fold')
    expect(await canonical('inventory', target.path)).toBe(before)
  })
})

describe('the lock on a data directory', () => {
  test('is held by one, told to the other, and free again after its end', () => {
    const directory = temporaryDirectory()
    const unlock = lockDataDirectory(directory)
    expect(() => lockDataDirectory(directory)).toThrow(/works on .*Stop it first/)
    unlock()
    unlock()
    lockDataDirectory(directory)()
  })

  test('is not fooled by bytes in the file', () => {
    const directory = temporaryDirectory()
    writeFileSync(join(directory, 'lock'), 'a'.repeat(5000))
    lockDataDirectory(directory)()
  })
})
