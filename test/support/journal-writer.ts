import { writeSync } from 'node:fs'
import { openJournal } from '../../cloud/journal/sqlite.ts'
import { epochA, run, seeded, wallClock } from './journal.ts'

/**
 * A process that appends for four gateways until it is killed, or has appended so many batches for each, and says each
 * acknowledged batch on stdout: `gateway first count`. Arguments: journal file, seed, batches.
 */
const [path = '', seed = '1', batches = 'Infinity'] = process.argv.slice(2)
const random = seeded(Number(seed))
const journal = await openJournal({ path, clock: wallClock, random })
await Promise.all(
  ['g1', 'g2', 'g3', 'g4'].map(async (gateway) => {
    const address = { site: 'north', gateway }
    const lease = await journal.grantLease(address, epochA)
    let next = (await journal.closed(address, epochA)).committed + 1
    for (let batch = 0; batch < Number(batches); batch += 1) {
      const count = 1 + Math.floor(random() * 50)
      // Some come again from further back, as after a lost ack.
      const first = random() < 0.2 ? Math.max(1, next - 30) : next
      const records = run(first, count)
      const appended = await journal.append({ ...address, epoch: epochA, lease, first, records, receivedAt: 1 })
      if (!appended.ok) throw new Error(appended.reason)
      writeSync(1, `${gateway} ${first} ${count}\n`)
      next = appended.closed.committed + 1
    }
  }),
)
await journal.close()
