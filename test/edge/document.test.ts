import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type DocumentInForce, openDocument } from '../../edge/document.ts'

let directory: string
let document: DocumentInForce
const log = { info: () => {}, warn: () => {} }
const take = (version: number) =>
  document.take(Buffer.from(JSON.stringify({ v: 1, version, gates: [], rules: [], held: [] })))

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'document-'))
  document = await openDocument(directory, log)
})
afterEach(async () => {
  await document.kept()
  await rm(directory, { recursive: true })
})

test('before the first hello nothing is news: the hello says it', () => {
  take(1)
  expect(document.isNews).toBe(false)
  expect(document.report()).toBe(1)
  expect(document.isNews).toBe(false)
})

test('what is new is news until it is reported; the same again is not', () => {
  document.report()
  take(1)
  expect(document.isNews).toBe(true)
  document.report()
  take(1)
  expect(document.isNews).toBe(false)
})

test('there and back between two reports is news: the cloud waits for a word', () => {
  take(1)
  document.report()
  take(2)
  take(1)
  expect(document.isNews).toBe(true)
  expect(document.report()).toBe(1)
})

test('what cannot be read changes nothing; the last good one is there after a restart', async () => {
  take(7)
  document.take(Buffer.from('{'))
  expect(document.version).toBe(7)
  await document.kept()
  expect((await openDocument(directory, log)).version).toBe(7)
})
