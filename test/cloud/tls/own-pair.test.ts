import { randomBytes, X509Certificate } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ensureOwnPair, fingerprintOf, namesOfMachine } from '../../../cloud/tls/own-pair.ts'
import { readPair } from '../../../cloud/tls/pair.ts'
import { temporaryDirectory } from '../../support/journal.ts'

const now = Date.UTC(2026, 10, 28)
const dayMs = 86_400_000

const certificates = (file: string) =>
  (readFileSync(file, 'utf8').match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []).map(
    (pem) => new X509Certificate(pem),
  )

test('an authority and a server certificate that it signed, with every name, keys for their owner alone', async () => {
  const directory = temporaryDirectory()
  const own = await ensureOwnPair(directory, ['localhost', '127.0.0.1', '::1', 'board.example'], now, randomBytes)
  const [server, chained] = certificates(own.certFile)
  const [authority] = certificates(own.authorityFile)
  if (server === undefined || authority === undefined) throw new Error('no certificate')
  expect(chained?.fingerprint256).toBe(authority.fingerprint256)
  expect(server.verify(authority.publicKey)).toBe(true)
  expect(server.checkIssued(authority)).toBe(true)
  expect([authority.ca, server.ca]).toEqual([true, false])
  expect(['localhost', 'board.example', 'evil.example'].map((name) => server.checkHost(name))).toEqual([
    'localhost',
    'board.example',
    undefined,
  ])
  expect(['127.0.0.1', '::1', '10.0.0.1'].map((address) => server.checkIP(address))).toEqual([
    '127.0.0.1',
    '::1',
    undefined,
  ])
  expect((await readPair(own)).expiresAt - now).toBe(90 * dayMs)
  expect(statSync(own.keyFile).mode & 0o777).toBe(0o600)
  expect(statSync(`${directory}/tls/authority.key`).mode & 0o777).toBe(0o600)
  expect(statSync(`${directory}/tls`).mode & 0o777).toBe(0o700)
  expect(fingerprintOf(readFileSync(own.authorityFile, 'utf8'))).toBe(authority.fingerprint256)
})

test.each([
  ['a day later', ['localhost'], dayMs, true],
  ['59 days later', ['localhost'], 59 * dayMs, true],
  ['60 days later, within 30 of its end', ['localhost'], 60 * dayMs, false],
  ['when the machine got another name', ['localhost', 'dock.example'], 0, false],
])('%s the server certificate is kept: %s', async (_when, names, later, kept) => {
  const directory = temporaryDirectory()
  const own = await ensureOwnPair(directory, ['localhost'], now, randomBytes)
  const before = readFileSync(own.certFile, 'utf8')
  const authority = readFileSync(own.authorityFile, 'utf8')
  await ensureOwnPair(directory, names, now + later, randomBytes)
  expect(readFileSync(own.certFile, 'utf8') === before).toBe(kept)
  expect(readFileSync(own.authorityFile, 'utf8')).toBe(authority)
})

test('a renewal that was cut halfway is done again', async () => {
  const directory = temporaryDirectory()
  const own = await ensureOwnPair(directory, ['localhost'], now, randomBytes)
  const other = await ensureOwnPair(temporaryDirectory(), ['localhost'], now, randomBytes)
  writeFileSync(own.keyFile, readFileSync(other.keyFile))
  await expect(readPair(own)).rejects.toMatchObject({ code: 'config-invalid' })
  await ensureOwnPair(directory, ['localhost'], now, randomBytes)
  expect((await readPair(own)).expiresAt).toBeGreaterThan(now)
})

test('the names of the machine: loopback always, what was configured, nothing twice', () => {
  const names = namesOfMachine(['board.example', 'localhost'])
  expect(names).toEqual(expect.arrayContaining(['localhost', '127.0.0.1', '::1', 'board.example']))
  expect(new Set(names).size).toBe(names.length)
})
