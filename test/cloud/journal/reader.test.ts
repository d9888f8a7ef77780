import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openJournalReader } from '../../../cloud/journal/reader.ts'
import { epochA, reel, run, temporaryJournal } from '../../support/journal.ts'
import { temporaryDirectory } from '../../support/spool.ts'

const never = new AbortController().signal

async function written() {
  const { journal, path } = await temporaryJournal()
  const lease = await journal.grantLease(reel, epochA)
  const append = (first: number, count: number) =>
    journal.append({ ...reel, epoch: epochA, lease, first, records: run(first, count), receivedAt: first })
  await append(1, 3)
  await journal.appendOwn(undefined, [{ kind: 'tick', at: 1 }])
  const reader = openJournalReader(path)
  onTestFinished(() => reader.close())
  return { journal, append, reader }
}

test('reads the same entries as the journal itself, as far as it was told', async () => {
  const { journal, append, reader } = await written()
  expect(await reader.read(0, 1000)).toEqual(await journal.read(0, 1000))
  await append(4, 2)
  expect([reader.tail, await reader.read(2, 1000)]).toEqual([2, []])
  reader.advance(journal.tail)
  expect(await reader.read(2, 1000)).toEqual(await journal.read(2, 1000))
  reader.advance(1)
  expect(reader.tail).toBe(3)
})

test('lets in what its thread is asked before it hands over a page', async () => {
  const { reader } = await written()
  let asked = 0
  setImmediate(() => asked++)
  await reader.read(0, 1000)
  expect(asked).toBe(1)
})

test('waits until it is told of more, or to stop', async () => {
  const { append, reader, journal } = await written()
  const waiting = reader.waitBeyond(2, never)
  await append(4, 2)
  reader.advance(journal.tail)
  await waiting
  const end = reader.waitBeyond(99, never)
  await reader.close()
  await end
})

test('a journal that is not there is a fault', () => {
  using directory = temporaryDirectory()
  expect(() => openJournalReader(join(directory.path, 'none.sqlite'))).toThrow(
    expect.objectContaining({ code: 'storage-broken' }),
  )
})
