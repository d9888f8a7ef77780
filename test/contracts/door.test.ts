import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { openJournal } from '../../cloud/journal/sqlite.ts'
import { Ack, topicOf } from '../../shared/wire.ts'
import { measured, reel, seeded, temporaryDirectory, wallClock } from '../support/journal.ts'
import { freePort } from '../support/ports.ts'
import { Sender } from '../support/sender.ts'
import { until } from '../support/until.ts'

/** Broker, intake and journal in a process of their own that is killed, and a gateway that keeps what is not acked. */

async function startDoor(directory: string, port: number, ...more: string[]) {
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      fileURLToPath(new URL('../support/door.ts', import.meta.url)),
      directory,
      String(port),
      ...more,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const closed = once(child, 'close')
  await Promise.race([once(child.stdout, 'data'), closed])
  return { kill: () => child.kill('SIGKILL'), closed }
}

/** Every sequence number from 1 to `last` once, with its own record. */
async function expectOnce(directory: string, last: number) {
  const journal = await openJournal({ path: join(directory, 'journal.sqlite'), clock: wallClock, random: seeded(1) })
  const found = new Map<number, number>()
  let wrong = 0
  for (let after = 0; after < journal.tail; ) {
    for (const entry of await journal.read(after, 10_000)) {
      after = entry.offset
      if (entry.origin !== 'gateway') continue
      entry.records.forEach((record, i) => {
        const sequence = entry.first + i
        found.set(sequence, (found.get(sequence) ?? 0) + 1)
        if (JSON.stringify(record) !== JSON.stringify(measured(sequence))) wrong++
      })
    }
  }
  const twice = [...found].filter(([, times]) => times > 1)
  expect({ distinct: found.size, highest: Math.max(...found.keys()), twice, wrong }).toEqual({
    distinct: last,
    highest: last,
    twice: [],
    wrong: 0,
  })
  await journal.close()
}

test('killed again and again in mid-stream: nothing missing, nothing twice', async () => {
  const directory = temporaryDirectory()
  const port = await freePort()
  const random = seeded(20_260_802)
  const sender = new Sender(`mqtt://127.0.0.1:${port}`, reel)
  const last = 20_000
  let kills = 0
  while (sender.committed < last) {
    const door = await startDoor(directory, port)
    expect(await sender.greet()).toBe(true)
    const killAt = kills < 6 ? sender.committed + Math.floor(random() * 4000) : Number.POSITIVE_INFINITY
    let next = sender.committed + 1
    // Some of the newest first, as live data overtakes a backlog.
    sender.send(last - 49, 50)
    while (sender.committed < Math.min(killAt, last)) {
      while (next <= last && next - sender.committed < 1600) {
        sender.send(next, Math.min(100, last - next + 1))
        if (random() < 0.2) sender.send(Math.max(1, next - 150), 100)
        next += 100
      }
      const before = sender.committed
      await until('an ack', () => sender.committed > before, { everyMs: 1 })
    }
    door.kill()
    kills++
    await door.closed
  }
  sender.client?.end(true)
  expect(kills).toBe(7)
  await expectOnce(directory, last)
})

test('killed between the commit and the ack: the repeated batch is acknowledged, and not written again', async () => {
  const directory = temporaryDirectory()
  const port = await freePort()
  const sender = new Sender(`mqtt://127.0.0.1:${port}`, reel)
  const mute = await startDoor(directory, port, 'mute')
  await sender.greet()
  sender.send(1, 100)
  await mute.closed
  expect(sender.committed).toBe(0)
  const door = await startDoor(directory, port)
  await sender.greet()
  expect(sender.committed).toBe(100) // hello's answer tells it already
  sender.send(1, 150)
  await until('all is acknowledged', () => sender.committed === 150)
  door.kill()
  await door.closed
  await expectOnce(directory, 150)
})

test('two senders with one identity retire each other: both are asked to say hello, nothing is written twice', async () => {
  const directory = temporaryDirectory()
  const port = await freePort()
  const url = `mqtt://127.0.0.1:${port}`
  const door = await startDoor(directory, port)
  const original = new Sender(url, reel)
  const clone = new Sender(url, reel)
  await original.greet()
  original.send(1, 10)
  await until('it is taken', () => original.committed === 10)
  await clone.greet() // takes the session over, as the client id is the same
  clone.send(11, 10)
  await until('it is taken', () => clone.committed === 20)
  const { lease } = original
  await original.greet()
  original.send(11, 20, lease)
  await until('it is asked to say hello', () => original.hellosDemanded === 1)
  expect(original.committed).toBe(20)
  original.send(11, 20)
  await until('under the fresh lease it is taken', () => original.committed === 30)
  door.kill()
  await door.closed
  await expectOnce(directory, 30)
})

test('a poisoned batch again and again: answered each time, the connection stays', async () => {
  const directory = temporaryDirectory()
  const port = await freePort()
  await startDoor(directory, port)
  const sender = new Sender(`mqtt://127.0.0.1:${port}`, reel)
  await sender.greet()
  const refusals: string[] = []
  sender.client?.on('message', (_topic, payload) => {
    const { refused } = Ack.parse(JSON.parse(payload.toString()))
    if (refused !== undefined) refusals.push(refused.reason)
  })
  for (let i = 0; i < 25; i++)
    await sender.client?.publishAsync(topicOf(reel, 'batch'), '{"v":1,"records":[NaN]}', { qos: 1 })
  await until('each is answered', () => refusals.length === 25)
  expect(sender.client?.connected).toBe(true)
  sender.send(1, 5)
  await until('good ones pass', () => sender.committed === 5)
  sender.client?.end(true)
})
