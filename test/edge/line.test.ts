import { afterEach, expect, test } from 'vitest'
import { CleanOptions } from '../../edge/clean/options.ts'
import { type LineOptions, runLine } from '../../edge/line.ts'
import { recordQueue } from '../../edge/record-queue.ts'
import type { ConfiguredSource, Speaker } from '../../edge/sources/configured.ts'
import type { SourceEvents } from '../../edge/sources/source.ts'
import { noRate } from '../../edge/supervision/antenna-rate.ts'
import { emptyTally } from '../../edge/tally.ts'
import { Fault } from '../../shared/fault.ts'
import { isKind } from '../../shared/record.ts'
import { quietLog, steadyClock } from '../support/edge.ts'
import { bytesOf } from '../support/framing.ts'
import { memorySpool } from '../support/memory-spool.ts'
import { until } from '../support/until.ts'

const text = (value: string) => new TextEncoder().encode(value)
const tagFrame = bytesOf('BB 02 22 00 11 C9 3400 30751FEB705C5904E3D50D70 3A76 EF 7E')

/** A source whose device is the test. */
function handheldSource(shape: 'stream' | 'message', speaker: Speaker | undefined, id = 'source') {
  const door = Promise.withResolvers<{ events: SourceEvents; end: (fault?: Fault) => void }>()
  const configured: ConfiguredSource = {
    readPointsOf: () => ({ 2: 'dock' }),
    speakerOf: () => speaker,
    source: {
      id,
      shape,
      run(events, signal) {
        return new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => resolve())
          door.resolve({ events, end: (fault) => (fault === undefined ? resolve() : reject(fault)) })
        })
      },
    },
  }
  return { configured, open: door.promise }
}

const stop = { current: new AbortController() }
afterEach(() => {
  stop.current.abort()
  stop.current = new AbortController()
})

function start(sources: readonly ConfiguredSource[], more: Partial<LineOptions> = {}) {
  const spool = memorySpool()
  const tally = emptyTally()
  const options: LineOptions = {
    gateway: 'gw',
    sources,
    clean: CleanOptions.parse({ windowMs: 200 }),
    spool,
    clock: steadyClock(),
    random: () => 0,
    log: quietLog(),
    tally,
    ...more,
  }
  return { spool, tally, ended: runLine(options, stop.current.signal) }
}
const brief = (records: readonly object[]) =>
  records.map((record) => ({ ...record, at: undefined, firstAt: undefined }))

test('bytes become records: the gateway, the link, the tag', async () => {
  const { configured, open } = handheldSource('stream', { device: 'door', protocol: 'yrm100' })
  const { spool, tally, ended } = start([configured])
  const { events } = await open
  events.link({ device: 'door', state: 'up' })
  expect(await events.deliver({ bytes: tagFrame.subarray(0, 9), at: 1 })).toBe(false)
  expect(await events.deliver({ bytes: tagFrame.subarray(9), at: 1 })).toBe(true)
  expect(await events.deliver({ bytes: text('noise'), at: 1 })).toBe(false)
  await until('the tag is stored', () => spool.records.length === 3)
  expect(brief(spool.records)).toEqual([
    { kind: 'device', device: 'gw', state: 'up', reason: 'started' },
    { kind: 'device', device: 'door', state: 'up' },
    {
      kind: 'observation',
      readPoint: 'door.1',
      epc: '30751FEB705C5904E3D50D70',
      count: 1,
      peakRssiDbm: -55,
      antenna: 1,
    },
  ])
  expect(tally.deviceOf('door')).toMatchObject({ frames: 1, tagReads: 1, refused: { format: 1 }, link: 'up' })
  stop.current.abort()
  await ended
})

test('hex of hex is the EPC that was meant, merged with its own reads, and counted', async () => {
  const { configured, open } = handheldSource('message', { device: 'gate', protocol: 'tag-lines' })
  const { spool, tally, ended } = start([configured])
  const { events } = await open
  await events.deliver({ bytes: text('30340242201D8840009EFDF7'), at: 1000 })
  await events.deliver({ bytes: text('333033343032343232303144383834303030394546444637'), at: 1001 })
  await events.deliver({ bytes: text('E2801170200014CD9B5A08EC'), at: 1002 })
  stop.current.abort()
  await ended
  const observed = spool.records.filter((record) => isKind(record, 'observation'))
  expect(new Set(observed.map(({ epc }) => epc))).toEqual(
    new Set(['30340242201D8840009EFDF7', 'E2801170200014CD9B5A08EC']),
  )
  expect(tally.epcs).toEqual({ 'as-read': 1, unwrapped: 1, tid: 1 })
})

test('a scanner on a serial line: labels, then codes, each a record', async () => {
  const { configured, open } = handheldSource('stream', { device: 'gun', protocol: 'barcode-lines' })
  const { spool, tally, ended } = start([configured])
  const { events } = await open
  await events.deliver({ bytes: text('slot:A-1\raction:put\r]d2010950600013435221S1\r(01)095'), at: 1000 })
  await events.deliver({ bytes: text('06000134353(21)misread\r'), at: 1001 })
  stop.current.abort()
  await ended
  expect(spool.records.filter((record) => isKind(record, 'scan'))).toEqual([
    { kind: 'scan', at: 1000, slot: 'A-1', codes: [']d2010950600013435221S1'], action: 'put' },
  ])
  expect(tally.deviceOf('gun')).toMatchObject({ codesScanned: 1, refused: { checksum: 1 } })
})

test('a half frame does not survive a broken connection', async () => {
  const { configured, open } = handheldSource('stream', { device: 'door', protocol: 'yrm100' })
  const { tally, spool, ended } = start([configured])
  const { events } = await open
  await events.deliver({ bytes: tagFrame.subarray(0, 9), at: 1 })
  events.link({ device: 'door', state: 'down', reason: 'cable' })
  expect(await events.deliver({ bytes: tagFrame, at: 1 })).toBe(true)
  expect(tally.deviceOf('door').refused.incomplete).toBe(1)
  stop.current.abort()
  await ended
  expect(spool.records).toContainEqual(expect.objectContaining({ kind: 'device', state: 'down', reason: 'cable' }))
})

test('windows end by themselves, and on a stop; every read is counted once', async () => {
  const { configured, open } = handheldSource('message', { device: 'gate', protocol: 'tag-lines' })
  const { spool, ended } = start([configured])
  const { events } = await open
  const counted = () => spool.records.filter((r) => isKind(r, 'observation')).reduce((sum, r) => sum + r.count, 0)
  for (let i = 0; i < 5; i++) await events.deliver({ bytes: text('3034'), at: 1000 + i })
  await until('the window has ended', () => counted() === 5)
  for (let i = 0; i < 5; i++) await events.deliver({ bytes: text('3034'), at: 1100 + i })
  stop.current.abort()
  await ended
  expect(counted()).toBe(10)
})

test('what cannot be used is counted by reason, and kept to look at', async () => {
  const { configured, open } = handheldSource('message', { device: 'r700', protocol: 'impinj-r700' })
  const stranger = handheldSource('message', undefined, 'broker')
  const { tally, ended } = start([configured, stranger.configured])
  const { events } = await open
  await events.deliver({ bytes: text('{'), at: 5 })
  await events.deliver({ bytes: text('[{"tagInventoryEvent":{"epcHex":"3034"}},{"tagInventoryEvent":{}}]'), at: 6 })
  await (await stranger.open).events.deliver({ bytes: text('x'), at: 7, channel: 'who/knows' })
  expect(tally.deviceOf('r700')).toMatchObject({ frames: 2, tagReads: 1, refused: { json: 1, schema: 1 } })
  expect(tally.deviceOf('broker').refused['unknown-device']).toBe(1)
  expect(tally.samples()).toMatchObject([
    { at: 5, device: 'r700', reason: 'json', hex: '7b' },
    { reason: 'schema', detail: 'no EPC' },
    { reason: 'unknown-device', detail: 'who/knows', hex: '78' },
  ])
  stop.current.abort()
  await ended
})

test('sensor values pass by exception; antennas have their names', async () => {
  const sensor = handheldSource('message', { device: 'cold', protocol: 'zigbee2mqtt' })
  const gate = handheldSource('message', { device: 'gate', protocol: 'item-test-csv' })
  const { tally, spool, ended } = start([sensor.configured, gate.configured])
  const { events } = await sensor.open
  for (const temperature of [4, 4, 4.5, 999])
    await events.deliver({ bytes: text(JSON.stringify({ temperature })), at: 1 })
  await (await gate.open).events.deliver({ bytes: text('2023-01-06T00:00:00Z;3034;;2;-60'), at: 1 })
  stop.current.abort()
  await ended
  expect(spool.records.filter((r) => isKind(r, 'measurement')).map((r) => [r.values, r.reasons])).toEqual([
    [{ temperature: 4 }, undefined],
    [{ temperature: 4.5 }, undefined],
    [{ temperature: null }, { temperature: 'implausible' }],
  ])
  expect(tally.measurements).toMatchObject({ first: 1, changed: 2, 'dead-band': 1 })
  expect(spool.records.filter((r) => isKind(r, 'observation')).map((r) => r.readPoint)).toEqual(['dock'])
})

test('a full spool holds the device back, and nothing is lost when it has room again', async () => {
  const { configured, open } = handheldSource('message', { device: 'gate', protocol: 'tag-lines' })
  const { spool, tally, ended } = start([configured])
  let full = true
  spool.fail = () => {
    if (full) throw new Fault('storage-full', 'no space', { retryable: true })
  }
  const { events } = await open
  let delivered = 0
  const delivering = (async () => {
    for (let i = 0; i < 20_000; i++) {
      await events.deliver({ bytes: text(i.toString(16).toUpperCase().padStart(8, '0')), at: 1 })
      delivered += 1
    }
  })()
  await until('the device is held back', () => tally.appendFailures > 3 && delivered > 5000)
  const heldAt = delivered
  await until('the spool was tried more often', () => tally.appendFailures > 6)
  expect(delivered).toBe(heldAt)
  expect(heldAt).toBeLessThan(20_000)
  full = false
  await delivering
  stop.current.abort()
  await ended
  expect(spool.records.filter((r) => isKind(r, 'observation')).map((r) => r.epc)).toEqual(
    Array.from({ length: 20_000 }, (_, i) => i.toString(16).toUpperCase().padStart(8, '0')),
  )
})

test('durable means stored, not taken', async () => {
  const { configured, open } = handheldSource('message', { device: 'gate', protocol: 'tag-lines' })
  const { spool, tally, ended } = start([configured])
  let full = true
  spool.fail = () => {
    if (full) throw new Fault('storage-full', 'no space', { retryable: true })
  }
  const { events } = await open
  await events.deliver({ bytes: text('3034'), at: 1 })
  let storedWhenDurable = 0
  const durable = events.durable().then(() => {
    storedWhenDurable = spool.records.length
  })
  await until('the spool was tried', () => tally.appendFailures > 3)
  expect(storedWhenDurable).toBe(0)
  full = false
  await durable
  expect(storedWhenDurable).toBe(2)
  stop.current.abort()
  await ended
})

test('a connection that flaps in front of a full spool fills no memory; its last state is stored', async () => {
  const { configured, open } = handheldSource('message', { device: 'gate', protocol: 'tag-lines' })
  const queue = recordQueue(10)
  const { spool, tally, ended } = start([configured], { queue })
  let full = true
  spool.fail = () => {
    if (full) throw new Fault('storage-full', 'no space', { retryable: true })
  }
  const { events } = await open
  for (let i = 0; i < 1000; i++) {
    events.link({ device: 'gate', state: 'down', reason: `${i}` })
    events.link({ device: 'gate', state: 'up' })
  }
  events.link({ device: 'gate', state: 'down', reason: 'last' })
  expect(queue.length).toBeLessThanOrEqual(10)
  full = false
  await until('the last state is stored', () => spool.records.some((r) => isKind(r, 'device') && r.reason === 'last'))
  expect(tally.linkReportsMerged + spool.records.length).toBe(1 + 2001)
  stop.current.abort()
  await ended
})

test('a spool that is broken for good stops the line with its fault', async () => {
  const { configured } = handheldSource('message', { device: 'gate', protocol: 'tag-lines' })
  const spool = memorySpool()
  spool.fail = () => {
    throw new Fault('conflict', 'another process')
  }
  const { ended } = start([configured], { spool })
  await expect(ended).rejects.toMatchObject({ code: 'conflict' })
})

test('one source that cannot go on does not stop the others', async () => {
  const broken = handheldSource('message', { device: 'file', protocol: 'tag-lines' }, 'file')
  const good = handheldSource('message', { device: 'gate', protocol: 'tag-lines' })
  const { spool, ended } = start([broken.configured, good.configured])
  const outcome = ended.catch((fault: unknown) => fault)
  ;(await broken.open).end(new Fault('not-found', 'no such recording'))
  const { events, end } = await good.open
  await events.deliver({ bytes: text('3034'), at: 1 })
  await until('both are told', () => spool.records.some((r) => isKind(r, 'observation')))
  expect(spool.records).toContainEqual(
    expect.objectContaining({ kind: 'device', device: 'file', state: 'down', reason: 'no such recording' }),
  )
  end()
  expect(await outcome).toMatchObject({ code: 'not-found' })
})

test('appends are grouped', async () => {
  const { configured, open } = handheldSource('message', { device: 'gate', protocol: 'tag-lines' })
  const { spool, ended } = start([configured])
  const { events } = await open
  await Promise.all(
    Array.from({ length: 3000 }, (_, i) => events.deliver({ bytes: text(i.toString(16).padStart(4, '0')), at: 1 })),
  )
  stop.current.abort()
  await ended
  expect(spool.records).toHaveLength(3001)
  expect(spool.appends.length).toBeLessThan(10)
})

test('what is too much at once is stored in parts, in order; a record that nobody can store leaves a gap', async () => {
  const { configured, open } = handheldSource('message', { device: 'gate', protocol: 'tag-lines' })
  const { spool, ended } = start([configured])
  spool.fail = (records) => {
    if (records.length > 3 || records.some((r) => isKind(r, 'observation') && r.epc === '0007')) {
      throw new Fault('bad-input', 'too large')
    }
  }
  const { events } = await open
  for (let i = 0; i < 20; i++) await events.deliver({ bytes: text(i.toString(16).padStart(4, '0')), at: 1 })
  stop.current.abort()
  await ended
  expect(spool.records.slice(1).map((r) => (isKind(r, 'observation') ? r.epc : r['reason']))).toEqual(
    Array.from({ length: 20 }, (_, i) => (i === 7 ? 'unstorable' : i.toString(16).toUpperCase().padStart(4, '0'))),
  )
})

test('while the clock is in doubt its stamps are marked; those of devices are not', async () => {
  const gate = handheldSource('message', { device: 'gate', protocol: 'tag-lines' })
  const r700 = handheldSource('message', { device: 'r700', protocol: 'impinj-r700' }, 'r700')
  const sensor = handheldSource('message', { device: 'cold', protocol: 'zigbee2mqtt' }, 'bus')
  let unsyncedIn: string | undefined = 'boot-1'
  const clock = {
    ...steadyClock(),
    get unsyncedIn() {
      return unsyncedIn
    },
  }
  const { spool, ended } = start([gate.configured, r700.configured, sensor.configured], { clock })
  const { events } = await gate.open
  const own = '{"timestamp":"2026-11-23T08:00:00Z","tagInventoryEvent":{"epcHex":"3035"}}'
  await events.deliver({ bytes: text('3034'), at: 5 })
  await (await r700.open).events.deliver({ bytes: text(own), at: 5 })
  await (await r700.open).events.deliver({ bytes: text('{"tagInventoryEvent":{"epcHex":"3036"}}'), at: 5 })
  await (await sensor.open).events.deliver({ bytes: text('{"temperature":4}'), at: 5 })
  unsyncedIn = undefined
  events.link({ device: 'gate', state: 'up' })
  stop.current.abort()
  await ended
  expect(spool.records.map((r) => [r['device'] ?? r['epc'] ?? r['sensor'], r['unsynced'], r['boot']])).toEqual([
    ['gw', true, 'boot-1'],
    ['3034', true, 'boot-1'],
    ['3035', undefined, undefined],
    ['3036', true, 'boot-1'],
    ['cold', true, 'boot-1'],
    ['gate', undefined, undefined],
  ])
})

test('a clock that is set two years back does not make everything late for two years', async () => {
  const { configured, open } = handheldSource('message', { device: 'cold', protocol: 'zigbee2mqtt' })
  const clock = { ...steadyClock(), steps: 0 }
  const { tally, ended } = start([configured], { clock })
  const { events } = await open
  const say = (at: number) => events.deliver({ bytes: text('{"temperature":4}'), at })
  await say(2_000_000)
  clock.steps += 1
  for (const at of [1000, 1001, 1002]) await say(at)
  expect(tally.measurements).toMatchObject({ first: 2, late: 0, 'dead-band': 2 })
  stop.current.abort()
  await ended
})

test('an antenna that reads far less than it did, and a clock that is wrong, are told of', async () => {
  let nowMs = 0
  const { configured, open } = handheldSource('message', { device: 'dock', protocol: 'impinj-r700' })
  const clock = { now: () => 1_000_000, monotonicMs: () => nowMs }
  const { spool, tally, ended } = start([configured], { clock })
  const { events } = await open
  events.link({ device: 'dock', state: 'up' })
  const { watched } = tally.deviceOf('dock')
  watched.wasUp = true
  const antenna = { reads: 0, readsBefore: 0, rate: { ...noRate, history: Array<number>(60).fill(240) } }
  watched.antennas.set(2, antenna)
  const timestamp = new Date(900_000).toISOString()
  const event = { timestamp, tagInventoryEvent: { epcHex: '3034', antennaPort: 2 } }
  await events.deliver({ bytes: text(JSON.stringify(event)), at: 1_000_000 })
  for (let minute = 1; minute <= 3; minute++) {
    nowMs += 60_000
    const { rate } = antenna
    await until(`minute ${minute} is judged`, () => antenna.rate !== rate)
  }
  stop.current.abort()
  await ended
  expect(brief(spool.records.filter((record) => isKind(record, 'device'))).slice(2)).toEqual([
    { kind: 'device', device: 'dock', state: 'up', reason: 'its clock is 100.0 s behind' },
    { kind: 'device', device: 'dock.2', state: 'silent', reason: 'antenna 2 reads 0 a minute where 240 are usual' },
  ])
  expect(tally.deviceOf('dock.2').link).toBe('silent')
})
