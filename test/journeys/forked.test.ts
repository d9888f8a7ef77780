import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { Broker } from '../../cloud/broker/broker.ts'
import { openEmbeddedBroker } from '../../cloud/broker/embedded.ts'
import { openIntake } from '../../cloud/intake/intake.ts'
import { openJournal } from '../../cloud/journal/sqlite.ts'
import { openSpool } from '../../edge/spool/open.ts'
import type { Spool } from '../../edge/spool/spool.ts'
import { runUplink } from '../../edge/uplink/run.ts'
import { openLinkProxy } from '../../simulators/link-proxy.ts'
import { reel, seeded, wallClock } from '../support/journal.ts'
import { measurement, temporaryDirectory } from '../support/spool.ts'
import { until } from '../support/until.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** The real door of the cloud: broker, intake, journal. */
async function door() {
  const directory = temporaryDirectory()
  closers.push(() => directory[Symbol.dispose]())
  const journal = await openJournal({
    path: join(directory.path, 'journal.sqlite'),
    clock: wallClock,
    random: seeded(11),
  })
  closers.push(() => journal.close())
  let broker: Broker | undefined
  const forked: string[] = []
  const intake = openIntake({
    journal,
    clock: wallClock,
    random: Math.random,
    send: async (...message) => broker?.send(...message),
    onForked: (_, reason) => forked.push(reason),
  })
  closers.push(() => intake.close())
  broker = await openEmbeddedBroker({
    events: intake,
    clock: wallClock,
    host: '127.0.0.1',
    port: 0,
    credentials: { verify: async () => reel },
  })
  closers.push(() => broker?.close())
  return { directory: directory.path, journal, intake, forked, port: Number(new URL(broker.url).port) }
}

async function spoolIn(path: string): Promise<Spool> {
  const spool = await openSpool({ directory: path, maxBytes: 16 * 1024 * 1024, clock: wallClock, random: Math.random })
  closers.push(() => spool.close())
  return spool
}

/** A real uplink; what it returns ends it. */
function uplink(
  spool: Spool,
  port: number,
  boot: string,
  directory: string,
  warnings: string[] = [],
): () => Promise<void> {
  const stop = new AbortController()
  const running = runUplink(
    {
      ...{ spool, url: `mqtt://127.0.0.1:${port}`, address: reel, secret: async () => 'x', version: '0.0.0', boot },
      ...{ startedAt: Date.now(), configVersion: () => 0, clock: wallClock, random: () => 0.1 },
      log: { info: () => {}, warn: (sentence: string) => warnings.push(sentence) },
      refusedDirectory: join(directory, 'refused'),
    },
    stop.signal,
  )
  const end = async () => {
    stop.abort()
    await running
  }
  closers.push(end)
  return end
}

const boot = (digit: string) => digit.repeat(32)
const some = (from: number, count: number) => Array.from({ length: count }, (_, index) => measurement(from + index))

test('a link that is cut every second for a while is no clone: all arrives, and nothing is frozen', async () => {
  const cloud = await door()
  const link = await openLinkProxy({ host: '127.0.0.1', port: cloud.port })
  closers.push(() => link.close())
  const spool = await spoolIn(join(cloud.directory, 'spool'))
  let end = uplink(spool, link.port, boot('a'), cloud.directory)
  let appended = 0
  const writing = setInterval(() => {
    void spool.append(some(appended, 40)).catch(() => {})
    appended += 40
  }, 20)
  closers.push(() => clearInterval(writing))
  for (let cut = 0; cut < 12; cut++) {
    const committed = spool.closed.committed
    await until('something went through', () => spool.closed.committed > committed, { everyMs: 5 })
    const cutAtMs = performance.now() + 500
    await until('the second is over', () => performance.now() > cutAtMs)
    link.cut()
    if (cut % 4 === 3) {
      // The process starts anew as well.
      await end()
      end = uplink(spool, link.port, boot(String(cut % 10)), cloud.directory)
    }
    link.mend()
  }
  clearInterval(writing)
  await until('all is acknowledged', () => spool.closed.committed === spool.next - 1)
  // Each of the twelve lives of the link brought something, so each had its hello.
  expect(cloud.intake.counters.intake_hellos_taken_total).toBeGreaterThanOrEqual(12)
  expect(cloud.forked).toEqual([])
  expect(cloud.journal.forked(reel)).toBeUndefined()
})

test('a copied spool: frozen, neither forgets a record, and after the release the one that is left goes on', async () => {
  const cloud = await door()
  const original = join(cloud.directory, 'spool')
  const copy = join(cloud.directory, 'copy')
  const before = await spoolIn(original)
  const endBefore = uplink(before, cloud.port, boot('0'), cloud.directory)
  await before.append(some(0, 100))
  await until('the first hundred', () => before.closed.committed === 100)
  await endBefore()
  await before.close()
  cpSync(original, copy, { recursive: true })

  const warnings: string[] = []
  const [a, b] = [await spoolIn(original), await spoolIn(copy)]
  const ends = [
    uplink(a, cloud.port, boot('a'), cloud.directory, warnings),
    uplink(b, cloud.port, boot('b'), cloud.directory),
  ]
  let appended = 0
  const writing = setInterval(() => {
    void a.append(some(1000 + appended, 5)).catch(() => {})
    void b.append(some(5000 + appended, 5)).catch(() => {})
    appended += 5
  }, 50)
  closers.push(() => clearInterval(writing))
  await until('it is found', () => cloud.journal.forked(reel))
  clearInterval(writing)
  const frozenAt = await cloud.journal.closed(reel, a.epoch)
  expect(cloud.forked).toHaveLength(1)
  await until('both are told', () => cloud.intake.counters.intake_messages_of_forked_total > 3)
  expect(await cloud.journal.closed(reel, a.epoch)).toEqual(frozenAt)

  await until('the gateway says it', () => warnings.some((text) => text.includes('gateway unfork')))
  await ends[1]?.()
  await cloud.journal.release(reel, 'test')
  const last = await a.append(some(9000, 1))
  await until('the original goes on', () => a.closed.committed >= last, { withinMs: 90_000 })
  expect(cloud.forked).toHaveLength(1)

  // The copy with an empty spool is a new sender.
  await ends[0]?.()
  const fresh = await spoolIn(join(cloud.directory, 'fresh'))
  uplink(fresh, cloud.port, boot('c'), cloud.directory)
  await fresh.append(some(0, 10))
  await until('the new epoch is taken', () => fresh.closed.committed === 10)
  expect(cloud.forked).toHaveLength(1)
})
