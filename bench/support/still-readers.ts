import { parentPort, workerData } from 'node:worker_threads'
import { openR700 } from '../../simulators/devices/impinj-r700.ts'
import { openSiteBroker } from '../../simulators/devices/site-broker.ts'
import { readerStatusMs } from '../../simulators/gateway-sources.ts'
import { sgtin96 } from '../../simulators/world/sgtin.ts'

/**
 * A thread that is the rest of the warehouse: the broker of the site, and R700 readers over tags that lie still. It
 * says the broker's URL, begins when told, and answers every further message with the reads on the wire so far.
 */
export interface StillOrder {
  readonly readers: number
  readonly readsPerSecond: number
  /** Tags before each reader; 0 = each read is of a tag never seen before. */
  readonly tagsPerReader: number
}

const order = workerData as StillOrder
const turnMs = 100
const companyPrefix = 9_506_001

const broker = await openSiteBroker(0)
parentPort?.postMessage(broker.url)
await new Promise((resolve) => parentPort?.once('message', resolve))

const readers = await Promise.all(
  Array.from({ length: order.readers }, (_, index) => {
    const id = `reader-${index}`
    const topic = `impinj/${id}/tags`
    return openR700({ id, url: broker.url, topic, random: () => 1, statusEveryMs: readerStatusMs, now: Date.now })
  }),
)
let sent = 0
const perTurn = (order.readsPerSecond * turnMs) / 1000 / order.readers
for (const [index, reader] of readers.entries()) {
  let due = 0
  let next = 0
  // Readers do not report in step.
  setTimeout(() => setInterval(report, turnMs), (turnMs * index) / readers.length)
  function report(): void {
    const at = Date.now()
    const sightings = []
    for (due += perTurn; due >= 1; due -= 1) {
      const tag = order.tagsPerReader === 0 ? next : next % order.tagsPerReader
      next += 1
      sightings.push({ at, antenna: 1, epc: sgtin96(companyPrefix, 1 + index, 1 + tag), rssiDbm: -60 })
    }
    if (sightings.length > 0) sent += reader.see(sightings).length
  }
}
parentPort?.on('message', () => parentPort?.postMessage(sent))
