import { join } from 'node:path'
import mqtt, { type MqttClient } from 'mqtt'
import { afterEach, expect, test } from 'vitest'
import { openInventory } from '../../cloud/inventory/open.ts'
import { openJournal } from '../../cloud/journal/sqlite.ts'
import { openSqliteSeries } from '../../cloud/series/sqlite.ts'
import type { Item } from '../../shared/api.ts'
import { isKind } from '../../shared/record.ts'
import { freePort } from '../support/ports.ts'
import { type Running, startWarepulse } from '../support/processes.ts'
import { startSiteBroker } from '../support/site-broker.ts'
import { gateMap, openStreet, type Street } from '../support/street.ts'
import { until } from '../support/until.ts'

/**
 * A reader publishes tags that nobody has seen before; in mid-stream first the gateway process and then the cloud
 * process are killed with SIGKILL and started again. At the end every tag is there, every sequence number stands in
 * the journal once, and stock and history have counted exactly what the journal holds.
 */
const site = 'kill-test'
const reads = 8001
const publishedAtOnce = 10
const killEdgeAt = 2501
const killCloudAt = 5501
const clock = { now: () => Date.now(), monotonicMs: () => performance.now() }

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})
const epcOf = (read: number) => `30395DFA80${read.toString(16).toUpperCase().padStart(14, '0')}`

test('edge and cloud killed in mid-stream: nothing missing, nothing twice', async () => {
  const street: Street = await openStreet(site)
  closers.push(() => street.remove())
  const broker = await startSiteBroker(street.directory, await freePort())
  closers.push(() => broker.stop())
  let cloud = await street.startCloud()
  await street.send('PUT', `/sites/${site}/map`, gateMap(site, 'gw-1', 'dock-1'))
  const config = await street.addGateway('gw-1', [
    {
      type: 'mqtt',
      id: 'readers',
      url: broker.url,
      clientId: 'gw-1',
      subscriptions: [{ topic: 'impinj/{device}/tags', protocol: 'impinj-r700' }],
    },
  ])
  let edge = startEdge(config)
  closers.push(() => edge.kill())
  const items = async () => (await street.all<Item>(`/sites/${site}/items`)).length

  const reader = await mqtt.connectAsync(broker.url)
  closers.push(() => reader.endAsync())
  await until('the gateway listens to its readers', async () => {
    await publish(reader, 0, 1)
    return (await items()) === 1
  })

  // The reader does not wait for anybody: both kills happen while it publishes.
  let killing = Promise.resolve()
  for (let read = 1; read < reads; read += publishedAtOnce) {
    if (read === killEdgeAt) {
      killing = edge.kill().then(() => {
        edge = startEdge(config)
      })
    }
    if (read === killCloudAt) {
      await killing
      killing = cloud.kill().then(async () => {
        cloud = await street.startCloud()
      })
    }
    await publish(reader, read, Math.min(read + publishedAtOnce, reads))
  }
  await killing
  await until('every tag has arrived', async () => (await items()) === reads, { everyMs: 200 })
  await edge.stop()
  await street.caughtUp()
  await cloud.stop()

  const journal = await openJournal({ path: join(street.dataDirectory, 'journal.sqlite'), clock, random: Math.random })
  const sequences = new Map<string, number[]>()
  let observations = 0
  let tagReads = 0
  const readsOf = new Map<string, number>()
  for (let after = 0; after < journal.tail; ) {
    for (const entry of await journal.read(after, 5000)) {
      after = entry.offset
      if (entry.origin !== 'gateway') continue
      for (const [index, record] of entry.records.entries()) {
        sequences.set(entry.epoch, [...(sequences.get(entry.epoch) ?? []), entry.first + index])
        if (record === null || !isKind(record, 'observation')) continue
        observations += 1
        tagReads += record.count
        readsOf.set(record.epc, (readsOf.get(record.epc) ?? 0) + record.count)
      }
    }
  }
  await journal.close()

  expect([...sequences.keys()]).toHaveLength(1)
  for (const numbers of sequences.values()) {
    expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers.map((_, index) => index + 1))
  }
  expect(new Set(readsOf.keys())).toEqual(new Set(Array.from({ length: reads }, (_, read) => epcOf(read))))
  // What the killed gateway had on disk but not yet confirmed, the site's broker delivers once more: a second read of
  // the same tag, with a sequence number of its own. (Mosquitto 2.0.11 sends far more unconfirmed messages than its
  // max_inflight_messages says; 850 were seen.) One kill makes a second read, never a third.
  expect(Math.max(...readsOf.values())).toBeLessThanOrEqual(2)

  const inventory = await openInventory({ path: join(street.dataDirectory, 'inventory.sqlite'), tell: () => {} })
  expect(inventory.totals(site)).toMatchObject({ observations, tagReads, distinctEpcs: reads })
  await inventory.close()
  const series = openSqliteSeries(join(street.dataDirectory, 'series.sqlite'))
  const counted = await series.countReads(site, 0, Date.now() + 60_000, AbortSignal.timeout(30_000))
  expect(counted).toEqual({ observations, reads: tagReads, epcs: reads })
  await series.close()
})

function startEdge(config: string): Running {
  return startWarepulse(['edge', '--config', config])
}

/** Reads `from`–`to`, each of a tag of its own, as the reader's own JSON; resolves when the site's broker has them. */
async function publish(reader: MqttClient, from: number, to: number): Promise<void> {
  const sent: Promise<unknown>[] = []
  for (let read = from; read < to; read += 1) {
    const event = {
      timestamp: new Date().toISOString(),
      hostname: 'dock-1',
      eventType: 'tagInventory',
      tagInventoryEvent: { epcHex: epcOf(read), antennaPort: 1 + (read % 4), peakRssiCdbm: -5500 },
    }
    sent.push(reader.publishAsync('impinj/dock-1/tags', JSON.stringify(event), { qos: 1 }))
  }
  await Promise.all(sent)
}
