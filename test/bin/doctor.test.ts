import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Aedes } from 'aedes'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { judgeClock } from '../../bin/doctor/clock.ts'
import { judgeDataDisk } from '../../bin/doctor/cloud.ts'
import { checkFile } from '../../bin/doctor/files.ts'
import { exitCodeFor, type Finding } from '../../bin/doctor/finding.ts'
import { checkLogin } from '../../bin/doctor/login.ts'
import { checkAddress, sentenceFor } from '../../bin/doctor/network.ts'
import { checkSerialPort, judgePort, type PortFacts } from '../../bin/doctor/serial-ports.ts'
import { checkDisk, checkSpool, judgeDisk } from '../../bin/doctor/spool.ts'
import { targetsOf } from '../../bin/doctor/targets.ts'
import { CloudConfig } from '../../cloud/config.ts'
import { EdgeConfig } from '../../edge/config.ts'
import { MqttOptions } from '../../edge/sources/mqtt/options.ts'
import { lockDirectory } from '../../edge/spool/lock.ts'
import { openSpool } from '../../edge/spool/open.ts'
import { startMosquitto } from '../support/mosquitto.ts'
import { freePort } from '../support/ports.ts'

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'doctor-'))
})
afterAll(() => rmSync(directory, { recursive: true }))

test('everything outside of the process that a configuration of the cloud names', () => {
  const config = CloudConfig.parse({
    version: 1,
    http: { tls: { keyFile: 'own.key', certFile: 'own.pem' } },
    broker: { url: 'mqtts://broker.example', username: 'cloud', passwordFile: 'broker-password' },
    series: { influx: { version: 2, url: 'http://influx.lan:8086', org: 'a', bucket: 'b', tokenFile: 'influx-token' } },
  })
  expect(targetsOf(config)).toEqual({
    files: [
      { key: 'http.tls.keyFile', path: 'own.key', isSecret: true },
      { key: 'http.tls.certFile', path: 'own.pem', isSecret: false },
      { key: 'broker.passwordFile', path: 'broker-password', isSecret: true },
      { key: 'series.influx.tokenFile', path: 'influx-token', isSecret: true },
    ],
    serialPorts: [],
    addresses: [
      { key: 'broker.url', host: 'broker.example', port: 8883, tls: true },
      { key: 'series.influx.url', host: 'influx.lan', port: 8086, tls: false },
    ],
  })
})

test.each([
  ['fine', 50e9, true, 'are free'],
  ['look', 1e9, true, 'journal.keepDays'],
  ['wrong', 1e6, true, 'Make room'],
  ['wrong', 50e9, false, 'may not be written by this user'],
] as const)('disk of the cloud: %s, with %d bytes free', (verdict, freeBytes, mayWrite, part) => {
  const finding = judgeDataDisk('./warepulse-data', { freeBytes, mayWrite })
  expect(finding).toMatchObject({ verdict, sentence: expect.stringContaining(part) })
})

test('everything outside of the process that a configuration names', () => {
  const config = EdgeConfig.parse({
    version: 1,
    gateway: { site: 'a', id: 'gw' },
    uplink: { url: 'mqtts://cloud.example', secretFile: '/run/secret', caFile: 'ca.pem' },
    sources: [
      { type: 'serial', id: 'door', path: '/dev/ttyUSB0', protocol: 'yrm100' },
      { type: 'llrp', id: 'dock', host: 'reader.lan', tls: { certFile: 'own.pem', keyFile: 'own.key' } },
      {
        type: 'mqtt',
        id: 'site',
        url: 'mqtt://[::1]:1884',
        subscriptions: [{ topic: 'a/{device}', protocol: 'ruuvi' }],
      },
      { type: 'replay', id: 'old', path: 'run.csv', format: 'item-test-csv' },
    ],
  })
  expect(targetsOf(config)).toEqual({
    files: [
      { key: 'uplink.secretFile', path: '/run/secret', isSecret: true },
      { key: 'uplink.caFile', path: 'ca.pem', isSecret: false },
      { key: 'sources[1].tls.certFile', path: 'own.pem', isSecret: false },
      { key: 'sources[1].tls.keyFile', path: 'own.key', isSecret: true },
      { key: 'sources[3].path', path: 'run.csv', isSecret: false },
    ],
    serialPorts: [{ key: 'sources[0].path', path: '/dev/ttyUSB0' }],
    addresses: [
      { key: 'uplink.url', host: 'cloud.example', port: 8883, tls: true },
      { key: 'sources[1].host', host: 'reader.lan', port: 5085, tls: true },
      { key: 'sources[2].url', host: '::1', port: 1884, tls: false },
    ],
  })
})

const port: PortFacts = {
  path: '/dev/ttyUSB0',
  kind: 'device',
  mayOpen: true,
  holders: [],
  byId: [],
  others: ['/dev/serial/by-id/usb-FTDI'],
}
for (const [name, facts, gatewayRuns, verdict, part] of [
  ['there and free', port, false, 'fine', 'nobody has it'],
  ['not plugged in', { ...port, kind: 'missing' }, false, 'wrong', 'There are: /dev/serial/by-id/usb-FTDI'],
  ['nothing plugged in', { ...port, kind: 'missing', others: [] }, false, 'wrong', 'No serial port is there at all'],
  ['a file', { ...port, kind: 'no device' }, false, 'wrong', 'is no serial port'],
  ['without the right', { ...port, mayOpen: false }, false, 'wrong', 'usermod -aG dialout'],
  ['held by somebody', { ...port, holders: ['minicom (process 7)'] }, false, 'look', 'open in minicom (process 7)'],
  ['held by the gateway', { ...port, holders: ['node (process 7)'] }, true, 'fine', 'only node (process 7) has it'],
  ['held twice', { ...port, holders: ['node (process 7)', 'cat (process 8)'] }, true, 'look', 'cat (process 8)'],
  ['a name that moves', { ...port, byId: ['/dev/serial/by-id/x'] }, false, 'look', 'Write /dev/serial/by-id/x instead'],
] as const) {
  test(`a serial port: ${name}`, () => {
    const finding = judgePort('sources[0].path', facts, gatewayRuns)
    expect(finding).toMatchObject({ verdict, sentence: expect.stringContaining(part) })
  })
}

test('a port that is there, looked at for real', async () => {
  // /dev/null is a character device that everybody may open.
  expect(await checkSerialPort({ key: 'k', path: '/dev/null' }, false)).toMatchObject({ check: 'serial port' })
  expect(await checkSerialPort({ key: 'k', path: '/dev/no-such' }, false)).toMatchObject({ verdict: 'wrong' })
})

const gib = 1024 ** 3
const disk = { directory: 'spool', freeBytes: 10 * gib, usedBytes: 0, maxBytes: gib, mayWrite: true }
for (const [name, facts, verdict, part] of [
  ['room enough', disk, 'fine', '10,737 MB are free'],
  ['less than the spool may take', { ...disk, freeBytes: gib / 2 }, 'look', 'may grow to 1,074 MB, and only 537 MB'],
  ['most of it taken already', { ...disk, freeBytes: gib / 2, usedBytes: gib * 0.6 }, 'fine', '537 MB'],
  ['full', { ...disk, freeBytes: 1000 }, 'wrong', 'Make room'],
  ['not ours', { ...disk, mayWrite: false }, 'wrong', 'may not be written'],
] as const) {
  test(`the disk: ${name}`, () => {
    expect(judgeDisk(facts)).toMatchObject({ verdict, sentence: expect.stringContaining(part) })
  })
}

const now = Date.UTC(2026, 1, 2)
const clock = { now, trustedAt: undefined, doubted: false, synchronised: true }
for (const [name, facts, verdict, part] of [
  ['kept right', { ...clock, trustedAt: now - 1000 }, 'fine', '2026-02-02T00:00:00.000Z, kept right'],
  ['who knows', { ...clock, synchronised: undefined }, 'fine', 'is not known'],
  ['nobody keeps it', { ...clock, synchronised: false }, 'look', 'set-ntp true'],
  ['after an empty battery', { ...clock, now: 1000 }, 'wrong', 'battery'],
  [
    'behind what was believed',
    { ...clock, trustedAt: now + 120_000 },
    'wrong',
    'it was 2026-02-02T00:02:00.000Z already',
  ],
  ['in doubt', { ...clock, doubted: true }, 'look', 'does not believe it'],
] as const) {
  test(`the clock: ${name}`, () => {
    expect(judgeClock(facts)).toMatchObject({ verdict, sentence: expect.stringContaining(part) })
  })
}

describe('the network', () => {
  const address = { key: 'uplink.url', host: '127.0.0.1', port: 1, tls: false }

  test('somebody answers; nobody listens; no TLS there', async () => {
    const server = createServer((socket) => void socket.on('error', () => {}).end('SSH-2.0\r\n'))
    const open = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
    })
    expect(await checkAddress({ ...address, port: open })).toMatchObject({ verdict: 'fine' })
    expect(await checkAddress({ ...address, port: open, tls: true })).toMatchObject({
      verdict: 'unreachable',
      sentence: expect.stringContaining('not in TLS that can be trusted'),
    })
    server.close()
    expect(await checkAddress({ ...address, port: await freePort() })).toMatchObject({
      verdict: 'unreachable',
      sentence: expect.stringContaining('nothing listens'),
    })
  })

  for (const [code, part] of [
    ['ENOTFOUND', 'is not known here'],
    ['ETIMEDOUT', 'firewall'],
    ['EHOSTUNREACH', 'no way from here'],
    ['EPIPE', 'cannot be reached (EPIPE)'],
  ] as const) {
    test(code, () => expect(sentenceFor(address, code)).toContain(part))
  }
})

test('files: there, missing, and a secret that everybody can read', async () => {
  const path = join(directory, 'secret')
  writeFileSync(path, 'x', { mode: 0o644 })
  const file = { key: 'uplink.secretFile', path, isSecret: true }
  expect(await checkFile(file)).toMatchObject({ verdict: 'look', sentence: expect.stringContaining('chmod 600') })
  expect(await checkFile({ ...file, isSecret: false })).toMatchObject({ verdict: 'fine' })
  expect(await checkFile({ ...file, path: `${path}-not` })).toMatchObject({ verdict: 'wrong' })
})

test('a spool: new, at rest, at work', async () => {
  const spool = { directory: join(directory, 'spool'), maxBytes: 4 * 1024 * 1024 }
  expect(await checkSpool(spool)).toMatchObject({ inUse: false, finding: { verdict: 'fine' } })
  expect(await checkDisk(spool)).toMatchObject({ check: 'disk' })
  const release = lockDirectory(join(directory, 'lock'))
  expect(await checkSpool({ ...spool, directory })).toMatchObject({ inUse: true, finding: { verdict: 'fine' } })
  release()
  expect(await checkSpool({ ...spool, directory })).toMatchObject({ inUse: false })
})

test('records that wait for the cloud are counted beside a gateway at work, and after its end', async () => {
  const place = join(directory, 'deep')
  const clock = { now: () => Date.now(), monotonicMs: () => performance.now() }
  const spool = await openSpool({ directory: place, maxBytes: 4 * 1024 * 1024, clock, random: Math.random })
  await spool.append(
    Array.from({ length: 1200 }, (_, at) => ({
      kind: 'measurement',
      at,
      sensor: 'cold-1',
      values: { temperature: 4 },
    })),
  )
  const sentenceOf = async () => (await checkSpool({ directory: place, maxBytes: 1 })).finding.sentence
  expect(await sentenceOf()).toContain('1,200 records wait for the cloud; a gateway runs on it')
  await spool.acknowledge({ committed: 1000, ranges: [[1101, 1150]] })
  await spool.close()
  expect(await sentenceOf()).toContain('150 records wait for the cloud; no gateway runs on it')
})

describe('the broker of a site', () => {
  const check = (url: string, username: string, password: string) => {
    const passwordFile = join(directory, `password-${password}`)
    writeFileSync(passwordFile, password)
    const subscriptions = [{ topic: 'impinj/{device}/tags', protocol: 'impinj-r700' }]
    return checkLogin(
      MqttOptions.parse({ type: 'mqtt', id: 'site', url, username, passwordFile, subscriptions }),
      'sources[0]',
    )
  }

  test('lets in who has the password; one that does not answer is told of by the network alone', async () => {
    const broker = await startMosquitto({ users: { site: 'right' }, permissions: 'user site\ntopic read impinj/#\n' })
    onTestFinished(() => broker.stop())
    expect(await check(broker.url, 'site', 'right')).toMatchObject({ check: 'login', verdict: 'fine' })
    expect(await check(broker.url, 'site', 'wrong')).toMatchObject({
      verdict: 'wrong',
      sentence: expect.stringContaining('does not let "site" in'),
    })
    expect(await check(`mqtt://127.0.0.1:${await freePort()}`, 'site', 'right')).toBeUndefined()
  })

  test('may keep us from reading', async () => {
    const broker = await Aedes.createBroker({ authorizeSubscribe: (_client, _subscription, done) => done(null, null) })
    const server = createServer(broker.handle)
    const port = await freePort()
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    onTestFinished(() => new Promise((resolve) => broker.close(() => server.close(() => resolve()))))
    expect(await check(`mqtt://127.0.0.1:${port}`, 'site', 'right')).toMatchObject({
      verdict: 'wrong',
      sentence: expect.stringContaining('not read impinj/+/tags'),
    })
  })
})

test('what it exits with', () => {
  const with_ = (...verdicts: Finding['verdict'][]) =>
    exitCodeFor(verdicts.map((verdict) => ({ check: 'file', subject: '', verdict, sentence: '' })))
  expect([with_(), with_('fine', 'look'), with_('fine', 'unreachable'), with_('unreachable', 'wrong')]).toEqual([
    0, 0, 4, 1,
  ])
})
