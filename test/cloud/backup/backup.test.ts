import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createBackup } from '../../../cloud/backup/create.ts'
import { sha256Of } from '../../../cloud/backup/manifest.ts'
import { restoreBackup } from '../../../cloud/backup/restore.ts'
import { refuseUnfinished } from '../../../cloud/backup/unfinished.ts'
import { verifyBackup } from '../../../cloud/backup/verify.ts'
import { dataFiles } from '../../../cloud/data-files.ts'
import { lockDataDirectory } from '../../../cloud/database/lock.ts'
import { openJournal } from '../../../cloud/journal/sqlite.ts'
import { openSupervision } from '../../../cloud/supervision/open.ts'
import { epochA, reel, run, seeded, temporaryDirectory, wallClock } from '../../support/journal.ts'

const never = new AbortController().signal
const server = '5'.repeat(32)

/** A data directory whose journal and one read model are being written, and a backup made of it. */
async function house() {
  const root = temporaryDirectory()
  const dataDirectory = join(root, 'data')
  mkdirSync(dataDirectory)
  const journal = await openJournal({
    path: join(dataDirectory, dataFiles.journal),
    clock: wallClock,
    random: seeded(2),
  })
  const supervision = await openSupervision({ path: join(dataDirectory, dataFiles.supervision), tell: () => {} })
  onTestFinished(async () => {
    await journal.close()
    await supervision.close()
  })
  const lease = await journal.grantLease(reel, epochA)
  let first = 1
  const more = async (count: number) => {
    await journal.append({ ...reel, epoch: epochA, lease, first, records: run(first, count), receivedAt: 5 })
    first += count
    await supervision.apply(await journal.read(supervision.offset, 10_000), never)
  }
  const target = join(root, 'backup')
  const create = () => createBackup({ dataDirectory, target, version: 'test', clock: wallClock, onFile: () => {} })
  const restore = (into: string, replace = false) =>
    restoreBackup({ backup: target, dataDirectory: join(root, into), replace, server, clock: wallClock })
  return { root, dataDirectory, journal, more, target, create, restore }
}

const openAt = (directory: string) =>
  openJournal({ path: join(directory, dataFiles.journal), clock: wallClock, random: seeded(4) })

test('a backup of a directory that is being written holds it as of one moment, and comes back as another server', async () => {
  const h = await house()
  await h.more(10)
  const manifest = await h.create()
  await h.more(20)
  expect(manifest).toMatchObject({ format: 1, server: h.journal.server, journalTail: 1 })
  expect(manifest.files.map(({ name }) => name)).toEqual([dataFiles.supervision, dataFiles.journal])
  expect((await verifyBackup(h.target)).flaws).toEqual([])
  expect(readdirSync(h.root).sort()).toEqual(['backup', 'data'])

  const names = readdirSync(h.target).sort()
  expect(await h.restore('new')).toMatchObject({ movedTo: undefined, toRebuild: [] })
  expect(readdirSync(h.target).sort()).toEqual(names)
  expect(readdirSync(join(h.root, 'new')).sort()).toEqual(['journal.sqlite', 'lock', 'supervision.sqlite'])
  const restored = await openAt(join(h.root, 'new'))
  expect(restored).toMatchObject({ server, tail: 1 })
  expect(await restored.closed(reel, epochA)).toEqual({ committed: 10, ranges: [] })
  await restored.close()
})

describe('restoring', () => {
  test('into a directory in use is refused, or moves aside what is there', async () => {
    const h = await house()
    await h.more(3)
    await h.create()
    const unlock = lockDataDirectory(h.dataDirectory)
    await expect(h.restore('data', true)).rejects.toThrow(/Stop it first/)
    unlock()
    await expect(h.restore('data')).rejects.toThrow(/in use/)
    const { movedTo = '' } = await h.restore('data', true)
    // Whole, without the log beside it.
    const aside = join(h.root, 'aside')
    mkdirSync(aside)
    copyFileSync(join(movedTo, dataFiles.journal), join(aside, dataFiles.journal))
    const before = await openAt(aside)
    expect(before.tail).toBe(1)
    await before.close()
    const restored = await openAt(h.dataDirectory)
    expect(restored.server).toBe(server)
    await restored.close()
  })

  test('leaves out a read model that is damaged or knows more than the journal: it is built anew', async () => {
    const h = await house()
    await h.more(3)
    await h.create()
    const path = join(h.target, dataFiles.supervision)
    const database = new DatabaseSync(path)
    database.exec('UPDATE progress SET "offset" = 99')
    database.close()
    const text = readFileSync(join(h.target, 'backup.json'), 'utf8')
    const manifest = JSON.parse(text)
    manifest.files[0].sha256 = await sha256Of(path)
    writeFileSync(join(h.target, 'backup.json'), JSON.stringify(manifest))
    expect((await verifyBackup(h.target)).flaws).toEqual(['supervision.sqlite knows more than the journal'])
    expect((await h.restore('new')).toRebuild).toEqual([dataFiles.supervision])
    expect(existsSync(join(h.root, 'new', dataFiles.supervision))).toBe(false)
  })

  test('that was broken off leaves nothing that the next one could take for its own', async () => {
    const before = await house()
    await before.more(400)
    const h = await house()
    await h.more(3)
    await h.create()
    // Killed while the journal of another backup was being renamed: its write-ahead log is still there.
    const left = join(h.root, 'new', `${dataFiles.journal}.restoring`)
    mkdirSync(join(h.root, 'new'))
    copyFileSync(join(before.dataDirectory, `${dataFiles.journal}-wal`), `${left}-wal`)
    writeFileSync(left, '')
    expect(() => refuseUnfinished(join(h.root, 'new'))).toThrow(/was interrupted. Run .* again/)
    await h.restore('new')
    const restored = await openAt(join(h.root, 'new'))
    expect(restored).toMatchObject({ server, tail: 1 })
    expect(await restored.closed(reel, epochA)).toEqual({ committed: 3, ranges: [] })
    await restored.close()
    expect(readdirSync(join(h.root, 'new')).filter((name) => name.includes('restoring'))).toEqual([])
    refuseUnfinished(join(h.root, 'new'))
  })

  test('a damaged journal is refused, and nothing is touched', async () => {
    const h = await house()
    await h.more(3)
    await h.create()
    truncateSync(join(h.target, dataFiles.journal), 4096)
    await expect(h.restore('new')).rejects.toThrow(/damaged: journal.sqlite: 4096 bytes/)
    expect(existsSync(join(h.root, 'new'))).toBe(false)
  })
})

describe('verifying finds', () => {
  const damage: readonly (readonly [string, (target: string) => void, RegExp])[] = [
    ['a file that is gone', (target) => rmSync(join(target, dataFiles.supervision)), /supervision.sqlite: missing/],
    [
      'a byte that has changed',
      (target) => {
        const path = join(target, dataFiles.journal)
        const bytes = readFileSync(path)
        bytes[5000] = (bytes[5000] ?? 0) ^ 1
        writeFileSync(path, bytes)
      },
      /journal.sqlite: changed since it was made/,
    ],
  ]
  for (const [name, spoil, flaw] of damage) {
    test(name, async () => {
      const h = await house()
      await h.more(50)
      await h.create()
      spoil(h.target)
      expect((await verifyBackup(h.target)).flaws.join()).toMatch(flaw)
    })
  }

  test('no backup at all', async () => {
    await expect(verifyBackup(temporaryDirectory())).rejects.toThrow(/is not a backup/)
  })
})

test('a target that is there is not touched; one that was broken off is no obstacle', async () => {
  const h = await house()
  mkdirSync(`${h.target}.unfinished`)
  writeFileSync(join(`${h.target}.unfinished`, dataFiles.journal), 'half')
  await h.create()
  await expect(h.create()).rejects.toThrow(/is there already/)
  expect(existsSync(`${h.target}.unfinished`)).toBe(false)
})
