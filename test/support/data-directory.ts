import { join } from 'node:path'
import fc from 'fast-check'
import { onTestFinished } from 'vitest'
import { CloudConfig } from '../../cloud/config.ts'
import { dataFiles, projectionNames } from '../../cloud/data-files.ts'
import { openSetAside } from '../../cloud/journal/set-aside.ts'
import { openJournal } from '../../cloud/journal/sqlite.ts'
import { rebuildable } from '../../cloud/rebuild/catalogue.ts'
import type { KnownRecord } from '../../shared/record.ts'
import type { Rule } from '../../shared/rule.ts'
import { seeded, temporaryDirectory, wallClock } from './journal.ts'
import { epcA, epcB, measurement, never, observation, rotterdam, t0 } from './journal-entries.ts'

const rule: Rule = {
  ...{ id: 'warm', site: 'rtm', name: 'Too warm', severity: 3, whatToDo: '', enabled: true },
  ...{ type: 'threshold', quantity: 'temperature', direction: 'above', limit: 8, clearAt: 7, onDelayMs: 2000 },
}

/** What a warehouse may tell within a minute: sights, conditions, gates, losses, clocks found wrong. */
export const anyRecord: fc.Arbitrary<KnownRecord> = fc
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
export async function dataDirectory(batches: readonly (readonly KnownRecord[])[], ticksEvery: number) {
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
  let second = 60
  /** Appends and applies. */
  const happens = async (more: readonly (readonly KnownRecord[])[]): Promise<void> => {
    for (const [index, records] of more.entries()) {
      await journal.append({ ...address, epoch, lease, first, records, receivedAt: t0 + 60_000 })
      if (index % ticksEvery === 0) await journal.appendOwn(undefined, [{ kind: 'tick', at: t0 + second++ * 1000 }])
      first += records.length
    }
    for (const name of projectionNames) {
      const { path, open } = await rebuildable(name, config, wallClock)
      const projection = await open(path)
      for (let entries = await journal.read(projection.offset, 3); entries.length > 0; ) {
        await projection.apply(entries, never)
        entries = await journal.read(projection.offset, 3)
      }
      await projection.close()
    }
  }
  await happens(batches)
  const around = {
    ...{ journal, setAside, clock: wallClock, random: seeded(5), signal: never },
    onProgress: () => {},
    onTrouble: () => {},
  }
  return { directory, config, journal, setAside, around, happens }
}
