import { writeSync } from 'node:fs'
import { openSpool } from '../../edge/spool/open.ts'
import { Fault } from '../../shared/fault.ts'
import { observation } from './spool.ts'

/**
 * For runs under strace: opens a spool, appends 60 batches of 5 (or so many) one after the other, acknowledges now and
 * then, closes.
 * Prints "<first> <n>" for each append that resolved and "! <code>" for each that was rejected.
 */
const [directory = '', start = '0', batches = '60'] = process.argv.slice(2)
const options = {
  directory,
  maxBytes: 4 * 1024 * 1024,
  segmentBytes: 8 * 1024,
  keepAckedBytes: 0,
  clock: { now: () => 1_760_000_000_000, monotonicMs: () => performance.now() },
  random: Math.random,
}
try {
  const spool = await openSpool(options)
  writeSync(1, 'open\n')
  for (let round = 0; round < Number(batches); round += 1) {
    const n = Number(start) + round * 5
    try {
      const first = await spool.append(Array.from({ length: 5 }, (_, index) => observation(n + index)))
      writeSync(1, `${first} ${n}\n`)
      if (round % 20 === 19) {
        const committed = first - 50
        writeSync(1, `acknowledged ${committed}\n`)
        await spool.acknowledge({ committed: Math.max(0, committed), ranges: [] })
      }
    } catch (fault) {
      writeSync(1, `! ${fault instanceof Fault ? fault.code : String(fault)}\n`)
    }
  }
  await spool.close()
} catch (fault) {
  writeSync(1, `! ${fault instanceof Fault ? fault.code : String(fault)}\n`)
}
process.exit(0)
