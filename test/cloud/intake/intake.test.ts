import { createHash } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Upward } from '../../../cloud/broker/broker.ts'
import { type AdmissionLimits, openAdmission } from '../../../cloud/intake/admission.ts'
import { type IntakeOptions, openIntake } from '../../../cloud/intake/intake.ts'
import type { Journal } from '../../../cloud/journal/journal.ts'
import { Fault } from '../../../shared/fault.ts'
import { Ack, type GatewayAddress } from '../../../shared/wire.ts'
import { epochA, epochB, measured, reel, run, temporaryJournal, wallClock } from '../../support/journal.ts'
import { until } from '../../support/until.ts'

const other = { site: 'north', gateway: 'gate-2' }
const hello = (epoch = epochA, next = 1000, startedAt = 0) =>
  Buffer.from(
    JSON.stringify({
      v: 1,
      epoch,
      first: 1,
      next,
      version: '0.1.0',
      config: 0,
      boot: epochA,
      startedAt,
      clockSynced: true,
    }),
  )
const batch = (lease: string, first: number, records: readonly unknown[], epoch = epochA) =>
  Buffer.from(JSON.stringify({ v: 1, epoch, lease, first, records }))

interface DoorOptions extends Partial<IntakeOptions> {
  readonly isInForce?: () => boolean
  readonly limits?: AdmissionLimits
}

async function door(
  { isInForce = () => true, limits, ...more }: DoorOptions = {},
  wrap: (journal: Journal) => Journal = (journal) => journal,
) {
  const { journal } = await temporaryJournal()
  const acks: { readonly to: string; readonly ack: Ack }[] = []
  const intake = openIntake({
    send: async (address, channel, payload) => {
      expect(channel).toBe('ack')
      acks.push({ to: address.gateway, ack: Ack.parse(JSON.parse(Buffer.from(payload).toString())) })
    },
    journal: wrap(journal),
    clock: wallClock,
    random: () => 0,
    onDone: (address, bytes) => admission.done(address, bytes),
    ...more,
  })
  const admission = openAdmission({
    isInForce,
    pass: (message) => intake.upward(message),
    ...(limits !== undefined && { limits }),
  })
  onTestFinished(() => intake.close())
  const up = (channel: Upward['channel'], payload: Uint8Array, address: GatewayAddress = reel) =>
    admission.upward({ address, channel, payload, at: 1_790_000_000_000 })
  const greet = async (address: GatewayAddress = reel, epoch = epochA) => {
    up('hello', hello(epoch), address)
    await intake.idle()
    return acks.at(-1)?.ack.lease ?? ''
  }
  const lastAck = () => acks.at(-1)?.ack
  const told = async () =>
    (await journal.read(0, 10_000)).flatMap((entry) => (entry.origin === 'cloud' ? entry.records : []))
  return { intake, admission, journal, acks, up, greet, lastAck, told }
}

test('of a gateway that is not in force nothing is taken, from the moment it is revoked', async () => {
  let inForce = true
  const { intake, admission, up, greet, journal, acks } = await door({ isInForce: () => inForce })
  const lease = await greet()
  inForce = false
  const before = journal.tail
  up('hello', hello())
  up('batch', batch(lease, 1, [{ kind: 'clock', at: 1, boot: 'b', offsetMs: 0, synced: true }]))
  await intake.idle()
  expect(journal.tail).toBe(before)
  expect(acks).toHaveLength(1)
  expect(admission.counters.intake_messages_not_in_force_total).toBe(2)
})

describe('hello', () => {
  test('of a link that has ended meanwhile does not make it online again; the next one does', async () => {
    const { intake, up, told } = await door()
    intake.presence(reel, true)
    up('hello', hello())
    intake.presence(reel, false)
    await intake.idle()
    expect((await told()).map((record) => record.kind === 'link' && record.state)).toEqual(['online', 'offline'])
    up('hello', hello())
    await intake.idle()
    expect((await told()).at(-1)).toMatchObject({ kind: 'link', state: 'online', hello: { version: '0.1.0' } })
  })

  test('is answered with the state, the time and a fresh lease, and journalled as a link', async () => {
    const { greet, lastAck, journal, told } = await door()
    const [first, second] = [await greet(), await greet()]
    expect(first).not.toBe(second)
    expect(lastAck()).toMatchObject({
      epoch: epochA,
      committed: 0,
      ranges: [],
      server: journal.server,
      now: expect.any(Number),
    })
    expect((await told())[0]).toMatchObject({
      kind: 'link',
      gateway: 'gate-1',
      state: 'online',
      hello: { version: '0.1.0' },
    })
  })

  test('one that cannot be read is counted and not answered', async () => {
    const { intake, up, acks } = await door()
    up('hello', Buffer.from('{}'))
    await intake.idle()
    expect([intake.counters.intake_hellos_refused_total, acks.length]).toEqual([1, 0])
  })
})

describe('batch', () => {
  test('is journalled, then acknowledged', async () => {
    const { intake, journal, up, greet, lastAck } = await door()
    const lease = await greet()
    up('batch', batch(lease, 1, run(1, 5)))
    await intake.idle()
    expect(lastAck()).toEqual({ epoch: epochA, committed: 5, ranges: [], server: journal.server })
    expect((await journal.read(0, 100)).at(-1)).toMatchObject({
      ...reel,
      first: 1,
      records: run(1, 5),
      recordedAt: 1_790_000_000_000,
    })
  })

  test('several that wait are one commit and one ack; ranges tell what is ahead', async () => {
    const { intake, up, greet, acks, lastAck } = await door()
    const lease = await greet()
    const before = acks.length
    for (const first of [1, 11, 21, 41]) up('batch', batch(lease, first, run(first, 10)))
    await intake.idle()
    expect(acks.length - before).toBe(1)
    expect(lastAck()).toMatchObject({ committed: 30, ranges: [[41, 50]] })
  })

  test('three times the same, out of order: once in the journal', async () => {
    const { intake, journal, up, greet, lastAck } = await door()
    const lease = await greet()
    for (const first of [11, 1, 11, 21, 1, 21, 11, 1, 21]) up('batch', batch(lease, first, run(first, 10)))
    await intake.idle()
    expect(lastAck()).toMatchObject({ committed: 30, ranges: [] })
    expect(intake.counters.intake_records_accepted_total).toBe(30)
    const numbers = (await journal.read(0, 1000)).flatMap((entry) => (entry.origin === 'gateway' ? [entry.first] : []))
    expect(numbers.toSorted((a, b) => a - b)).toEqual([1, 11, 21])
  })

  test('identity is the address of the session, whatever the payload claims', async () => {
    const { intake, journal, up, greet } = await door()
    const lease = await greet()
    const claim = { v: 1, epoch: epochA, lease, first: 1, records: run(1, 1), site: 'south', gateway: 'gate-9' }
    up('batch', Buffer.from(JSON.stringify(claim)))
    await intake.idle()
    expect((await journal.read(0, 100)).at(-1)).toMatchObject(reel)
  })

  test('a bad record is quarantined with its reason and acknowledged with the rest', async () => {
    const { intake, up, greet, lastAck, told } = await door()
    const lease = await greet()
    up('batch', batch(lease, 1, [measured(1), { kind: 'device', at: 'noon' }, measured(3)]))
    await intake.idle()
    expect(lastAck()).toMatchObject({ committed: 3, ranges: [] })
    expect((await told()).at(-1)).toMatchObject({
      kind: 'quarantine',
      first: 2,
      last: 2,
      epoch: epochA,
      reason: expect.stringContaining('device.at'),
      sample: '{"kind":"device","at":"noon"}',
    })
    expect(intake.counters).toMatchObject({ intake_records_accepted_total: 2, intake_records_quarantined_total: 1 })
  })

  test('one that cannot be read is named by its hash, and what is closed stays told', async () => {
    const { intake, up, greet, lastAck } = await door()
    const lease = await greet()
    up('batch', batch(lease, 1, run(1, 2)))
    const poison = Buffer.from('{"v":1,"records":')
    up('batch', poison)
    await intake.idle()
    const sha256 = createHash('sha256').update(poison).digest('hex')
    up('batch', poison)
    await intake.idle()
    expect(lastAck()).toMatchObject({ epoch: epochA, committed: 2, refused: { sha256, reason: 'json' } })
    expect(intake.counters.intake_batches_refused_total).toBe(2)
  })

  test('one that cannot be read, from a gateway that never said hello: no answer, counted', async () => {
    const { intake, up, acks } = await door()
    up('batch', Buffer.from('?'))
    await intake.idle()
    expect([intake.counters.intake_batches_refused_total, acks]).toEqual([1, []])
  })

  test('under a retired lease: not journalled, and the sender is asked to say hello, at most once a second', async () => {
    const { intake, journal, up, greet, acks } = await door()
    const old = await greet()
    up('batch', batch(old, 1, run(1, 1)))
    const lease = await greet()
    up('batch', batch(lease, 2, run(2, 1)))
    await intake.idle()
    for (const first of [3, 4, 5]) {
      up('batch', batch(old, first, run(first, 1)))
      await intake.idle()
    }
    expect(acks.filter(({ ack }) => ack.sayHello)).toEqual([
      { to: 'gate-1', ack: { epoch: epochA, committed: 2, ranges: [], server: journal.server, sayHello: true } },
    ])
    expect(intake.counters.intake_batches_under_retired_lease_total).toBe(3)
    expect(await journal.closed(reel, epochA)).toEqual({ committed: 2, ranges: [] })
  })

  test('beyond the holes an ack can tell of: answered with the state, so that the oldest is filled first', async () => {
    const { intake, up, greet, lastAck } = await door()
    const lease = await greet()
    for (let i = 1; i <= 17; i++) up('batch', batch(lease, i * 10, run(i * 10, 1)))
    await intake.idle()
    expect(lastAck()?.ranges.length).toBe(16)
    expect(intake.counters.intake_batches_beyond_holes_total).toBe(1)
  })

  test('gateways and epochs do not mix', async () => {
    const { intake, journal, up, greet } = await door()
    const leases = [await greet(reel), await greet(other), await greet(reel, epochB)]
    up('batch', batch(leases[0] ?? '', 1, run(1, 3)))
    up('batch', batch(leases[1] ?? '', 1, run(1, 4)), other)
    up('batch', batch(leases[2] ?? '', 1, run(1, 5), epochB))
    await intake.idle()
    expect([
      (await journal.closed(reel, epochA)).committed,
      (await journal.closed(other, epochA)).committed,
      (await journal.closed(reel, epochB)).committed,
    ]).toEqual([3, 4, 5])
  })
})

describe('trouble', () => {
  test('a journal that cannot write: no ack, the messages wait, one trouble told; then all is taken', async () => {
    let broken = false
    const told: string[] = []
    const { intake, up, greet, acks, lastAck } = await door(
      { onTrouble: (fault) => told.push(fault.code), onRecovered: () => told.push('recovered') },
      (journal) =>
        new Proxy(journal, {
          get: (target, name) => {
            if (name === 'append' && broken)
              return () => Promise.reject(new Fault('storage-full', 'full', { retryable: true }))
            const value = Reflect.get(target, name) as unknown
            return typeof value === 'function' ? value.bind(target) : value
          },
        }),
    )
    const lease = await greet()
    broken = true
    const before = acks.length
    up('batch', batch(lease, 1, run(1, 3)))
    await until('it has been tried again', () => intake.counters.intake_appends_failed_total > 3)
    expect([acks.length - before, intake.trouble?.code]).toEqual([0, 'storage-full'])
    broken = false
    await intake.idle()
    expect(lastAck()).toMatchObject({ committed: 3 })
    expect(told).toEqual(['storage-full', 'recovered'])
    expect(intake.trouble).toBeUndefined()
  })

  test('beyond its bound a gateway is not answered, others are', async () => {
    const { intake, admission, up, greet, journal } = await door({ limits: { bytesPerGateway: 2000, bytes: 10_000 } })
    const [lease, second] = [await greet(), await greet(other)]
    for (let i = 0; i < 100; i++) up('batch', batch(lease, 1 + i * 5, run(1 + i * 5, 5)))
    up('batch', batch(second, 1, run(1, 5)), other)
    await intake.idle()
    expect(admission.counters.intake_messages_dropped_total).toBeGreaterThan(90)
    expect((await journal.closed(other, epochA)).committed).toBe(5)
    // What is sent again afterwards is taken, however much: nothing of the bounds leaks.
    const dropped = admission.counters.intake_messages_dropped_total
    for (let round = 0; round < 30; round++) {
      const { committed } = await journal.closed(reel, epochA)
      up('batch', batch(lease, committed + 1, run(committed + 1, 5)))
      await intake.idle()
      expect((await journal.closed(reel, epochA)).committed).toBe(committed + 5)
    }
    expect(admission.counters.intake_messages_dropped_total).toBe(dropped)
  })

  test('an ack that cannot be sent harms nothing', async () => {
    const { intake, up, journal } = await door({ send: () => Promise.reject(new Error('gone')) })
    up('hello', hello())
    await intake.idle()
    const lease = await journal.grantLease(reel, epochA)
    up('batch', batch(lease, 1, run(1, 3)))
    await intake.idle()
    expect((await journal.closed(reel, epochA)).committed).toBe(3)
  })

  test('closed while the journal is away: ends, twice', async () => {
    const { intake, up } = await door(
      { random: () => 1 },
      (journal) =>
        new Proxy(journal, {
          get: (target, name) =>
            name === 'grantLease'
              ? () => Promise.reject(new Fault('storage-full', 'full', { retryable: true }))
              : Reflect.get(target, name).bind?.(target),
        }),
    )
    up('hello', hello())
    await until('it waits', () => intake.trouble)
    await intake.close()
    await intake.close()
  })
})

describe('two senders under one identity', () => {
  const take = async ({ up, intake, lastAck }: Awaited<ReturnType<typeof door>>, next: number, startedAt: number) => {
    up('hello', hello(epochA, next, startedAt))
    await intake.idle()
    return lastAck()?.lease ?? ''
  }

  test('taking turns: frozen; nothing is taken, nothing is called closed, and it is journalled', async () => {
    const forked: string[] = []
    const d = await door({ onForked: ({ gateway }, reason) => forked.push(`${gateway}: ${reason}`) })
    const { up, intake, journal, lastAck, told } = d
    let first = 1
    for (const sender of [1, 2, 1, 2]) {
      up('batch', batch(await take(d, 1000, sender), first, run(first, 2)))
      await intake.idle()
      first += 2
    }
    expect(forked).toEqual([])
    await take(d, 1000, 1)
    expect(forked).toEqual(['gate-1: two senders take turns under one name'])
    expect(lastAck()).toMatchObject({ committed: 0, ranges: [], sayHello: true, forked: expect.any(String) })
    expect(lastAck()?.lease).toBeUndefined()
    expect((await told()).slice(-2)).toMatchObject([
      { kind: 'fork', gateway: 'gate-1', epoch: epochA, state: 'forked' },
      { kind: 'link', gateway: 'gate-1', state: 'offline' },
    ])
    // Whoever connects now: what a frozen gateway covers cannot be known.
    intake.presence(reel, true)
    await intake.idle()
    expect((await told()).at(-1)).toMatchObject({ kind: 'link', state: 'offline' })

    up('batch', batch('whatever', first, run(first, 2)))
    await intake.idle()
    expect((await journal.closed(reel, epochA)).committed).toBe(8)
    expect(intake.counters.intake_messages_of_forked_total).toBe(2)

    // Released: the old epoch goes on, and so does a new one.
    expect(await journal.release(reel, 'kim')).toBe(true)
    up('batch', batch(await take(d, 1000, 1), first, run(first, 2)))
    await intake.idle()
    expect((await told()).at(-1)).toMatchObject({ kind: 'link', state: 'online' })
    expect((await journal.closed(reel, epochA)).committed).toBe(10)
    up('hello', hello(epochB, 1, 3))
    await intake.idle()
    up('batch', batch(lastAck()?.lease ?? '', 1, run(1, 2), epochB))
    await intake.idle()
    expect((await journal.closed(reel, epochB)).committed).toBe(2)
  })

  test('one number with two contents: frozen, and the second content does not enter', async () => {
    const d = await door()
    d.up('batch', batch(await take(d, 1000, 1), 1, run(1, 4)))
    await d.intake.idle()
    d.up('batch', batch(await take(d, 1000, 2), 3, [measured(3), measured(99), measured(5)]))
    await d.intake.idle()
    expect(d.lastAck()?.forked).toBe('number 4 came with two contents')
    expect(await d.journal.closed(reel, epochA)).toEqual({ committed: 4, ranges: [] })
    expect(await d.greet()).toBe('')
  })

  test('a spool that was set back: no answer at first, which an honest hello survives; then frozen', async () => {
    const d = await door()
    d.up('batch', batch(await take(d, 1000, 1), 1, run(1, 50)))
    await d.intake.idle()
    const before = d.acks.length
    await take(d, 30, 2)
    expect([d.acks.length - before, d.intake.counters.intake_hellos_behind_total]).toEqual([0, 1])
    await take(d, 31, 2)
    expect(d.lastAck()?.forked).toContain('it goes on at 31, and 50 came from it already')
  })

  test('retiring each other without an end: frozen', async () => {
    const d = await door()
    const held = [await take(d, 1000, 0), '']
    d.up('batch', batch(held[0] ?? '', 1, run(1, 1)))
    await d.intake.idle()
    let first = 2
    for (let turn = 1; d.lastAck()?.forked === undefined && turn < 10; turn++) {
      const [mine, other] = [turn % 2, (turn + 1) % 2]
      d.up('hello', hello())
      await d.intake.idle()
      held[mine] = d.acks.findLast(({ ack }) => ack.lease !== undefined)?.ack.lease ?? ''
      for (const lease of [held[mine], held[other]]) {
        d.up('batch', batch(lease ?? '', first, run(first, 1)))
        await d.intake.idle()
      }
      first += 1
    }
    expect(d.lastAck()?.forked).toBe('two senders retire each other')
  })
})

test('presence is journalled when it changes', async () => {
  const { intake, told } = await door()
  for (const online of [true, true, false, false, true]) intake.presence(reel, online)
  await intake.idle()
  expect((await told()).map((record) => (record.kind === 'link' ? record.state : record.kind))).toEqual([
    'online',
    'offline',
    'online',
  ])
})
