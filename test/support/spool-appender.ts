import { openSpool } from '../../edge/spool/open.ts'
import { observation } from './spool.ts'

/**
 * Appends until it is killed, four producers at once, and prints one line for each append that resolved:
 * "<first> <n> <count> <acknowledged so far>". Synchronous writes, so that what is promised is printed.
 */
const { writeSync } = await import('node:fs')
const [directory = '', start = '0'] = process.argv.slice(2)
const spool = await openSpool({
  directory,
  maxBytes: 64 * 1024 * 1024,
  segmentBytes: 64 * 1024,
  keepAckedBytes: 128 * 1024,
  clock: { now: () => 1_760_000_000_000, monotonicMs: () => performance.now() },
  random: Math.random,
})

let n = Number(start)
let acknowledged = 0
async function produce(): Promise<void> {
  for (let round = 1; ; round += 1) {
    const from = n
    const count = 1 + (from % 97)
    n += count
    const first = await spool.append(Array.from({ length: count }, (_, index) => observation(from + index)))
    if (round % 10 === 0) {
      acknowledged = Math.max(acknowledged, first - 500)
      writeSync(1, `${first} ${from} ${count} ${acknowledged}\n`)
      await spool.acknowledge({ committed: Math.max(0, acknowledged), ranges: [] })
    } else {
      writeSync(1, `${first} ${from} ${count} ${acknowledged}\n`)
    }
  }
}
await Promise.all([produce(), produce(), produce(), produce()])
