import { closeSync, openSync, readdirSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { openSpool } from '../../edge/spool/open.ts'
import { readAll } from './spool.ts'

/**
 * For runs under strace: opens a spool, lets its oldest segment rot if told so, reads it whole, closes it.
 */
const [directory = '', rot = ''] = process.argv.slice(2)
const spool = await openSpool({
  directory,
  maxBytes: 8 * 1024 * 1024,
  segmentBytes: 8 * 1024,
  clock: { now: () => 1_760_000_000_000, monotonicMs: () => performance.now() },
  random: Math.random,
})
if (rot === 'rot') {
  const name = readdirSync(directory)
    .filter((file) => file.endsWith('.segment'))
    .sort()[0]
  const file = openSync(join(directory, name ?? ''), 'r+')
  writeSync(file, Buffer.alloc(40, 0xff), 0, 40, 200)
  closeSync(file)
}
await readAll(spool, spool.first)
await spool.close()
process.exit(0)
