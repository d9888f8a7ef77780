import { readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openJournal } from '../../cloud/journal/sqlite.ts'
import { Fault } from '../../shared/fault.ts'
import { epochA, reel, run, seeded, wallClock } from './journal.ts'

/**
 * Runs with a tiny file system mounted on its first argument: appends until the disk is full, frees space, goes on.
 * Prints what it saw as JSON.
 */
const [directory = ''] = process.argv.slice(2)
const ballast = join(directory, 'ballast')
writeFileSync(ballast, Buffer.alloc(2 * 1024 * 1024))
const journal = await openJournal({
  path: join(directory, 'journal.sqlite'),
  clock: wallClock,
  random: seeded(1),
  recentBytes: 0,
})
const lease = await journal.grantLease(reel, epochA)
let next = 1
const append = (first: number) =>
  journal.append({ ...reel, epoch: epochA, lease, first, records: run(first, 100), receivedAt: 1 })

let fault: unknown
while (fault === undefined && next < 1_000_000) {
  await append(next).then(
    () => {
      next += 100
    },
    (thrown) => {
      fault = thrown
    },
  )
}
const whileFull = {
  code: fault instanceof Fault ? fault.code : String(fault),
  retryable: fault instanceof Fault && fault.retryable,
  acked: next - 1,
  committed: (await journal.closed(reel, epochA)).committed,
  readable: 0,
  freeBlocks: statfsSync(directory).bfree,
}
for (let after = 0; after < journal.tail; ) {
  const entries = await journal.read(after, 10_000)
  for (const entry of entries) whileFull.readable += entry.records.length
  after = entries.at(-1)?.offset ?? journal.tail
}
rmSync(ballast)
const again = await append(next)
await journal.close()
const left = readdirSync(directory)
process.stdout.write(JSON.stringify({ whileFull, again: again.ok && again.closed.committed === next + 99, left }))
