import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pino } from 'pino'
import { afterEach, expect, test } from 'vitest'
import { createBackup } from '../../cloud/backup/create.ts'
import { restoreBackup } from '../../cloud/backup/restore.ts'
import { CloudConfig } from '../../cloud/config.ts'
import { dataFiles } from '../../cloud/data-files.ts'
import { openJournalReader } from '../../cloud/journal/reader.ts'
import { type Cloud, openCloud } from '../../cloud/main.ts'
import { openSpool } from '../../edge/spool/open.ts'
import { runUplink } from '../../edge/uplink/run.ts'
import { type Intervals, nothingClosed } from '../../shared/intervals.ts'
import { type Gap, isKind } from '../../shared/record.ts'
import { wallClock } from '../support/journal.ts'
import { freePort } from '../support/ports.ts'
import { measurement, temporaryDirectory } from '../support/spool.ts'
import { until } from '../support/until.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})
const address = { site: 'north', gateway: 'gate-1' }

async function cloudOn(dataDirectory: string, port: number): Promise<Cloud> {
  const cloud = await openCloud(CloudConfig.parse({ version: 1, dataDirectory, http: { port: 0 }, broker: { port } }), {
    ...{ clock: wallClock, random: Math.random, randomBytes, version: 'test', boardDirectory: undefined },
    log: pino({ level: 'silent' }),
  })
  closers.push(() => cloud.close())
  return cloud
}

/** Sequence numbers that stand in the journal, and the gaps that gateways declared. */
async function held(dataDirectory: string) {
  const journal = openJournalReader(join(dataDirectory, dataFiles.journal))
  const numbers = new Map<number, number>()
  const gaps: Gap[] = []
  for (let after = 0; after < journal.tail; ) {
    for (const entry of await journal.read(after, 5000)) {
      after = entry.offset
      if (entry.origin !== 'gateway') continue
      for (const [index, record] of entry.records.entries()) {
        numbers.set(entry.first + index, (numbers.get(entry.first + index) ?? 0) + 1)
        if (record !== null && isKind(record, 'gap')) gaps.push(record)
      }
    }
  }
  await journal.close()
  return { numbers, gaps }
}

/** What the journal file says is closed of this gateway and epoch. */
function closedIn(dataDirectory: string, epoch: string): Intervals {
  using database = new DatabaseSync(join(dataDirectory, dataFiles.journal), { readOnly: true })
  const row = database.prepare('SELECT closed FROM cursor WHERE gateway = ? AND epoch = ?').get(address.gateway, epoch)
  return row === undefined ? nothingClosed : (JSON.parse(String(row['closed'])) as Intervals)
}

test('a cloud restored from a backup gets again what the gateway still held, and a gap for what it did not', async () => {
  const directory = temporaryDirectory()
  closers.push(() => directory[Symbol.dispose]())
  const port = await freePort()
  const first = await cloudOn(join(directory.path, 'cloud'), port)
  const { secret } = first.gatewayAccounts.addGateway(address)
  const spool = await openSpool({
    directory: join(directory.path, 'spool'),
    ...{ maxBytes: 16 * 1024 * 1024, segmentBytes: 256 * 1024, keepAckedBytes: 512 * 1024 },
    ...{ clock: wallClock, random: Math.random },
  })
  closers.push(() => spool.close())
  const startUplink = () => {
    const stop = new AbortController()
    const running = runUplink(
      {
        ...{
          spool,
          url: `mqtt://127.0.0.1:${port}`,
          address,
          secret: async () => secret,
          version: 'test',
          boot: 'b'.repeat(32),
        },
        ...{ startedAt: Date.now(), configVersion: () => 0, clock: wallClock, random: () => 0.1 },
        log: { info: () => {}, warn: () => {} },
        refusedDirectory: join(directory.path, 'refused'),
      },
      stop.signal,
    )
    const end = async () => {
      stop.abort()
      await running
    }
    closers.push(end)
    return end
  }
  let endUplink = startUplink()
  let appended = 0
  const append = async (count: number) => {
    for (let n = 0; n < count; n += 500) {
      await spool.append(Array.from({ length: 500 }, (_, index) => measurement(appended + index)))
      appended += 500
    }
  }
  const acked = () => until('all is acknowledged', () => spool.closed.committed === spool.next - 1)

  await append(1000)
  await acked()
  const backup = join(directory.path, 'backup')
  const dataDirectory = join(directory.path, 'cloud')
  // While it runs and takes.
  const [manifest] = await Promise.all([
    createBackup({ dataDirectory, target: backup, version: 'test', clock: wallClock, onFile: () => {} }),
    append(2000),
  ])
  await acked()
  while (spool.first < 5000) await append(2000)
  await acked()
  const { server } = first.journal
  await first.close()
  const restoredDirectory = join(directory.path, 'restored')
  await restoreBackup({
    ...{ backup, dataDirectory: restoredDirectory, replace: false, clock: wallClock },
    server: randomBytes(16).toString('hex'),
  })

  const second = await cloudOn(restoredDirectory, port)
  expect(second.journal.server).not.toBe(server)
  expect((await second.journal.readiness()).journalTail).toBeGreaterThanOrEqual(manifest.journalTail)
  const before = closedIn(restoredDirectory, spool.epoch)
  const stillHeld = spool.first
  expect(before.committed).toBeLessThan(stillHeld)
  await until('the gateway has told all', async () => {
    const closed = closedIn(restoredDirectory, spool.epoch)
    return closed.committed === spool.next - 1 && closed.committed > appended
  })
  const { numbers, gaps } = await held(restoredDirectory)
  expect(gaps).toMatchObject([
    {
      fromSeq: before.committed + 1,
      toSeq: stillHeld - 1,
      count: stillHeld - 1 - before.committed,
      reason: 'server-restored',
    },
  ])
  expect([...numbers.values()].every((times) => times === 1)).toBe(true)
  const expected = [
    ...Array.from({ length: before.committed }, (_, index) => index + 1),
    ...Array.from({ length: spool.next - stillHeld }, (_, index) => stillHeld + index),
  ]
  expect([...numbers.keys()].sort((a, b) => a - b)).toEqual(expected)
  await until(
    'the gap is shown',
    async () => (await second.journal.gaps(address.site, { limit: 10 })).items.length === 1,
  )

  // Once told is told: a gateway that starts anew does not declare it again.
  await endUplink()
  endUplink = startUplink()
  await append(500)
  await until('it goes on', () => spool.closed.committed === spool.next - 1)
  expect((await held(restoredDirectory)).gaps).toHaveLength(1)
  expect((await second.journal.gateways()).map(({ forked }) => forked ?? null)).toEqual([null])
})
