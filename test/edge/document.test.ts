import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type DocumentInForce, openDocument } from '../../edge/document.ts'

let directory: string
let document: DocumentInForce
const log = { info: () => {}, warn: () => {} }
const take = (version: number) => {
  document.take(Buffer.from(JSON.stringify({ v: 1, version, gates: [], rules: [], held: [] })))
  return document.kept()
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'document-'))
  document = await openDocument(directory, log)
})
afterEach(async () => {
  await document.kept()
  await rm(directory, { recursive: true })
})

test('nothing is worked by that a power cut would make unknown', async () => {
  const kept = take(1)
  expect(document.version).toBe(0)
  await kept
  expect(document.version).toBe(1)
  expect((await openDocument(directory, log)).version).toBe(1)
})

test('before the first hello nothing is news: the hello says it', async () => {
  await take(1)
  expect(document.isNews).toBe(false)
  expect(document.report()).toBe(1)
  expect(document.isNews).toBe(false)
})

test('what is new is news until it is reported; the same again is not', async () => {
  document.report()
  await take(1)
  expect(document.isNews).toBe(true)
  document.report()
  await take(1)
  expect(document.isNews).toBe(false)
})

test('there and back between two reports is news: the cloud waits for a word', async () => {
  await take(1)
  document.report()
  await Promise.all([take(2), take(1)])
  expect(document.isNews).toBe(true)
  expect(document.report()).toBe(1)
})

test('what cannot be read changes nothing; the last good one is there after a restart', async () => {
  await take(7)
  document.take(Buffer.from('{'))
  await document.kept()
  expect(document.version).toBe(7)
  expect((await openDocument(directory, log)).version).toBe(7)
})
