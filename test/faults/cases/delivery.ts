import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { type Ack, Ack as AckSchema, topicOf } from '../../../shared/wire.ts'
import { epochA } from '../../support/journal.ts'
import { Sender } from '../../support/sender.ts'
import { until } from '../../support/until.ts'
import type { FaultCase, Outcome, RunOptions } from '../fault-case.ts'
import { withProblems } from '../fault-case.ts'
import { openScene, type Scene, site } from '../scene.ts'

const address = { site, gateway: 'gw' }

/** A sender of raw batches whose record with number n tells of happening n. */
async function senderOn(scene: Scene): Promise<Sender> {
  const secret = await scene.admit('gw')
  const recordsOf = (first: number, count: number) =>
    Array.from({ length: count }, (_, i) => scene.truth.of(first + i).record)
  const sender = new Sender(`mqtt://127.0.0.1:${scene.proxy.port}`, address, secret, recordsOf)
  scene.defer(() => sender.client?.end(true))
  if (!(await sender.greet())) throw new Error('the cloud did not answer the hello')
  return sender
}

/** F35: every batch three times, in a random order within a window of eight. */
async function repeatedAndReordered({ seed, tier, note }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed })
  try {
    const sender = await senderOn(scene)
    const [size, window, windows] = [25, 8, tier === 'full' ? 400 : 40]
    let batches = 0
    let outOfOrder = 0
    for (let w = 0; w < windows; w += 1) {
      const firsts = Array.from({ length: window * 3 }, (_, i) => 1 + (w * window + (i % window)) * size)
      for (let i = firsts.length - 1; i > 0; i -= 1) {
        const j = Math.floor(scene.random() * (i + 1))
        const [a = 0, b = 0] = [firsts[i], firsts[j]]
        firsts[i] = b
        firsts[j] = a
      }
      for (const [i, first] of firsts.entries()) {
        // Some are cut anew: overlapping what was sent, as go-back-N does.
        const shift = scene.random() < 0.3 ? Math.min(Math.floor(scene.random() * size), first - 1) : 0
        sender.send(first - shift, size + shift)
        batches += 1
        if (first < (firsts[i - 1] ?? 0)) outOfOrder += 1
      }
      const end = (w + 1) * window * size
      await until(`${end} are committed`, () => sender.committed >= end, { everyMs: 2 })
      note(`${end} committed`)
    }
    const total = windows * window * size
    scene.promised(
      'gw',
      epochA,
      1,
      Array.from({ length: total }, (_, i) => 1 + i),
    )
    return {
      injected: outOfOrder > windows,
      proof: `${batches} batches for ${windows * window}; ${outOfOrder} came before an earlier one`,
      verdict: await scene.judge(),
    }
  } finally {
    await scene.close()
  }
}

/** F36: what cannot be read, among what can; the connection stays. */
async function poison({ seed }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed })
  try {
    const sender = await senderOn(scene)
    const acks: Ack[] = []
    sender.client?.on('message', (_topic, payload) => void acks.push(AckSchema.parse(JSON.parse(payload.toString()))))
    let isBroken = false
    sender.client?.on('close', () => {
      isBroken = true
    })
    const refusedHashes = () => new Set(acks.flatMap((ack) => (ack.refused === undefined ? [] : [ack.refused.sha256])))
    const publish = (payload: string | Buffer) =>
      sender.client?.publishAsync(topicOf(address, 'batch'), payload, { qos: 1 })
    const envelope = (first: number, records: string) =>
      `{"v":1,"epoch":"${epochA}","lease":"${sender.lease}","first":${first},"records":[${records}]}`
    const good = (n: number) => JSON.stringify(scene.truth.of(n).record)

    sender.send(1, 40)
    const unreadable: readonly (string | Buffer)[] = [
      '',
      '{',
      '[]',
      'null',
      envelope(41, 'NaN'),
      envelope(41, good(41)).slice(0, -2),
      envelope(41, ''),
      envelope(0, good(41)),
      envelope(41, good(41)).replace('"v":1', '"v":2'),
      Buffer.from([0xff, 0xfe, 0x00, 0x80]),
      Buffer.from([0x1f, 0x8b, 0x08, 0x00]),
      gzipSync(Buffer.alloc(8 * 1024 * 1024, 0x20)),
    ]
    for (const payload of unreadable) await publish(payload)
    const hashOf = (payload: string | Buffer) => createHash('sha256').update(payload).digest('hex')
    const unanswered = () => unreadable.filter((payload) => !refusedHashes().has(hashOf(payload)))
    await until('each is answered', () => unanswered().length === 0).catch(() => undefined)
    const silent = unanswered().map((payload) => JSON.stringify(payload.toString().slice(0, 40)))
    const refusals = unreadable.length - silent.length

    // One bad record costs only itself: numbers 41–47 are bad, in the middle of good ones.
    const bad = [
      '{"kind":"measurement","at":1,"sensor":"x","values":{"temperature":1e400}}',
      '{"kind":"observation","at":"now","readPoint":"rack-1.1","epc":"30","count":1}',
      '7',
      '{"kind":""}',
      '{"at":1}',
      '"text"',
      `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    ]
    await publish(envelope(41, [...bad, good(48), good(49)].join(',')))
    sender.send(50, 51)
    await until('the rest is committed', () => sender.committed >= 100)
    const told = (n: number) => n < 41 || n > 47
    for (let n = 1; n <= 100; n += 1) if (told(n)) scene.promised('gw', epochA, n, [n])
    const quarantined = await scene.metric('intake_records_quarantined_total')
    const broke = isBroken
    return {
      injected: refusals > 0 && quarantined > 0,
      proof: `${unreadable.length} unreadable batches, ${refusals} answered as refused; ${quarantined} records in quarantine`,
      verdict: withProblems(await scene.judge({ allowed: { givingUp: true } }), [
        broke && 'the connection broke',
        quarantined !== bad.length && `${quarantined} of ${bad.length} bad records are in quarantine`,
        silent.length > 0 && `unreadable batches without an answer: ${silent.join(', ')}`,
      ]),
    }
  } finally {
    await scene.close()
  }
}

/** F37: floods of bytes from strangers and from a gateway, beside another gateway at work. */
async function oversize({ seed }: RunOptions): Promise<Outcome> {
  const scene = await openScene({ seed })
  try {
    const gateway = await scene.openGateway('gw', { maxBytes: 64 * 1024 * 1024 })
    await gateway.stream(1, 200)
    await gateway.drained()
    const rssMb = () => scene.cloud.peaks.rssMb
    await delay(300) // the watcher looks every 200 ms
    const before = rssMb()
    const port = Number(new URL(scene.street.brokerUrl).port)
    let streaming = true
    const work = (async () => {
      let n = 201
      for (; streaming; n += 40) await gateway.stream(n, 40, 5)
      return n - 201
    })()

    /** Writes until the other side has had enough; answers how many bytes it took. */
    const flood = async (head: Buffer, most: number): Promise<{ sent: number; closed: boolean }> => {
      const socket = connect(port, '127.0.0.1')
      let closed = false
      socket.on('error', () => {})
      socket.on('close', () => {
        closed = true
      })
      socket.resume()
      const chunk = Buffer.alloc(64 * 1024)
      socket.write(head)
      let sent = head.length
      const deadline = performance.now() + 8000
      while (!closed && sent < most && performance.now() < deadline) {
        sent += chunk.length
        if (!socket.write(chunk)) await Promise.race([new Promise((go) => socket.once('drain', go)), delay(100)])
        else await delay(0)
      }
      const isClosed = await until('it is closed', () => closed, { withinMs: 30_000 }).catch(() => false)
      socket.destroy()
      return { sent, closed: isClosed }
    }
    const floods = [
      await flood(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]), 64 * 1024 * 1024), // a CONNECT of 256 MiB
      await flood(Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0xff]), 1024 * 1024), // a length without end
      await flood(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x40]), 64 * 1024 * 1024), // a PUBLISH before any CONNECT
    ]

    const secret = await scene.admit('gw-loud')
    const loud = new Sender(scene.street.brokerUrl, { site, gateway: 'gw-loud' }, secret)
    const problems: (string | false)[] = []
    for (const [what, topic, bytes] of [
      ['a publish of 8 MiB', topicOf({ site, gateway: 'gw-loud' }, 'batch'), 8 * 1024 * 1024],
      ['a topic of 101 levels', Array.from({ length: 101 }, () => 'a').join('/'), 10],
    ] as const) {
      await loud.greet()
      loud.client?.publish(topic, Buffer.alloc(bytes), { qos: 1 }, () => undefined)
      const isClosed = await until(`${what} ends its connection`, () => loud.client?.connected === false).catch(
        () => false,
      )
      problems.push(!isClosed && `${what} was taken`)
    }
    loud.client?.end(true)
    streaming = false
    const streamed = await work
    await gateway.drained()
    await delay(300)
    const grown = rssMb() - before
    const opened = gateway.counters.uplink_connections_opened_total
    return {
      injected: floods.every(({ sent }) => sent > 5),
      proof: `3 floods closed after ${floods.map(({ sent }) => sent).join(', ')} bytes, 8 MiB publish and 101 levels refused; peak memory +${Math.round(grown)} MB; ${streamed} happenings of another gateway meanwhile on ${opened} connection`,
      verdict: withProblems(await scene.judge(), [
        ...problems,
        ...floods.map(({ closed }, i) => !closed && `flood ${i + 1} was not ended`),
        grown > 80 && `the cloud grew by ${Math.round(grown)} MB`,
        opened !== 1 && `the other gateway had to connect ${opened} times`,
      ]),
    }
  } finally {
    await scene.close()
  }
}

export const deliveryCases: readonly FaultCase[] = [
  {
    fault: 'F35',
    title: 'every batch three times and out of order: once each',
    tier: 'commit',
    run: repeatedAndReordered,
  },
  {
    fault: 'F36',
    title: 'poison: unreadable batches are refused, bad records set aside, the connection stays',
    tier: 'commit',
    run: poison,
  },
  {
    fault: 'F37',
    title: 'oversize packets, lengths that lie, endless topics: closed, memory flat, others fine',
    tier: 'commit',
    run: oversize,
  },
]
