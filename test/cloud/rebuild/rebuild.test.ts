import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { CloudConfig } from '../../../cloud/config.ts'
import { dataFiles, projectionNames } from '../../../cloud/data-files.ts'
import { lockDataDirectory } from '../../../cloud/database/lock.ts'
import { openSetAside } from '../../../cloud/journal/set-aside.ts'
import { openJournal } from '../../../cloud/journal/sqlite.ts'
import { rebuildable } from '../../../cloud/rebuild/catalogue.ts'
import { rebuild } from '../../../cloud/rebuild/rebuild.ts'
import { Fault } from '../../../shared/fault.ts'
import type { KnownRecord } from '../../../shared/record.ts'
import type { Rule } from '../../../shared/rule.ts'
import { canonical } from '../../support/canonical.ts'
import { seeded, temporaryDirectory, wallClock } from '../../support/journal.ts'
import { epcA, epcB, measurement, never, observation, rotterdam, t0 } from '../../support/journal-entries.ts'

const rule: Rule = {
  ...{ id: 'warm', site: 'rtm', name: 'Too warm', severity: 3, whatToDo: '', enabled: true },
  ...{ type: 'threshold', quantity: 'temperature', direction: 'above', limit: 8, clearAt: 7, onDelayMs: 2000 },
}

/** What a warehouse may tell within a minute: sights, conditions, gates, losses, clocks found wrong. */
const anyRecord: fc.Arbitrary<KnownRecord> = fc
  .tuple(fc.nat(60_000), fc.nat(6), fc.constantFrom('shelf.1', 'shelf.2', 'roof.1', 'cold.1'), fc.boolean())
  .map(([after, what, readPoint, isA]) => {
    const at = t0 + after
    const epc = isA ? epcA : epcB
    if (what === 0) return measurement(at, { temperature: after % 12, humidity: after % 90 })
    if (what === 1)
      return { kind: 'passage', at, readPoint: 'door.1', epc, direction: isA ? 'in' : 'out', confidence: 1, count: 3 }
    if (what === 2) return { kind: 'gap', fromAt: at, toAt: at, count: 2, reason: 'overflow', class: 'observation' }
    if (what === 3) return { ...measurement(at - 50_000, { temperature: 4 }), unsynced: true, boot: 'b1' }
    if (what === 4) return { kind: 'clock', at, boot: 'b1', offsetMs: 1234, synced: true }
    if (what === 5) return { kind: 'device', at, device: 'shelf', state: isA ? 'up' : 'silent' }
    return observation(at, readPoint, epc)
  })

/** A data directory as a cloud leaves it: a journal, and every projection at its end, fed a few entries at a time. */
async function dataDirectory(batches: readonly (readonly KnownRecord[])[], ticksEvery: number) {
  const directory = temporaryDirectory()
  const config = CloudConfig.parse({ version: 1, dataDirectory: directory })
  const journal = await openJournal({
    path: join(directory, dataFiles.journal),
    clock: wallClock,
    random: seeded(3),
  })
  const setAside = openSetAside(join(directory, dataFiles.setAside))
  onTestFinished(async () => {
    await journal.close()
    setAside.close()
  })
  await journal.appendOwn('rtm', [{ kind: 'map', at: t0, by: 'test', map: rotterdam() }])
  await journal.appendOwn('rtm', [{ kind: 'rule', at: t0, by: 'test', rule }])
  const address = { site: 'rtm', gateway: 'gw1' }
  const epoch = 'e'.repeat(32)
  const lease = await journal.grantLease(address, epoch)
  let first = 1
  for (const [index, records] of batches.entries()) {
    await journal.append({ ...address, epoch, lease, first, records, receivedAt: t0 + 60_000 })
    if (index % ticksEvery === 0) await journal.appendOwn(undefined, [{ kind: 'tick', at: t0 + 60_000 + index * 1000 }])
    first += records.length
  }
  for (const name of projectionNames) {
    const { path, open } = await rebuildable(name, config, wallClock)
    const projection = await open(path)
    for (let entries = await journal.read(0, 3); entries.length > 0; ) {
      await projection.apply(entries, never)
      entries = await journal.read(projection.offset, 3)
    }
    await projection.close()
  }
  const around = {
    ...{ journal, setAside, clock: wallClock, random: seeded(5), signal: never },
    onProgress: () => {},
    onTrouble: () => {},
  }
  return { directory, config, journal, setAside, around }
}

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
