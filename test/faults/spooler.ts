import { writeSync } from 'node:fs'
import { asFault } from '../../shared/fault.ts'
import { openGateway } from './gateway.ts'
import { openTruth } from './truth.ts'

/**
 * A gateway as a process of its own, to be killed: stores happenings `from` … `from + count − 1` in groups of five,
 * sends them to the cloud, and trims what is acknowledged, with segments so small that files are made, renamed and
 * removed all the time. Says on stdout `promised <epoch> <first> <n> <count>` for each durable append, `refused
 * <code>`, and `drained` at the end. One argument: its orders as JSON.
 */
export interface SpoolerOrders {
  readonly directory: string
  readonly url: string
  readonly site: string
  readonly gateway: string
  readonly secret: string
  readonly seed: number
  readonly startAt: number
  readonly from: number
  readonly count: number
}

export const spoolerGroup = 5

/**
 * All of it, however busy the reader is: libraries that look at `process.stdout` make it non-blocking, and a promise
 * that could not be said at once would be one that was never given.
 */
function sayAll(bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(1, bytes, done)
    } catch (thrown) {
      if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EAGAIN')) throw thrown
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
  }
}

if (process.argv[1] === import.meta.filename) {
  const orders = JSON.parse(process.argv[2] ?? '{}') as SpoolerOrders
  const say = (line: string) => sayAll(Buffer.from(`${line}\n`))
  try {
    const gateway = await openGateway({
      directory: orders.directory,
      url: orders.url,
      address: { site: orders.site, gateway: orders.gateway },
      secret: orders.secret,
      truth: openTruth({ seed: orders.seed, startAt: orders.startAt }),
      clock: { now: () => Date.now(), monotonicMs: () => performance.now() },
      random: Math.random,
      maxBytes: 4 * 1024 * 1024,
      segmentBytes: 8 * 1024,
      keepAckedBytes: 0,
      onPromise: (first, ns, epoch) => say(`promised ${epoch} ${first} ${ns[0]} ${ns.length}`),
      onRefusal: (code) => say(`refused ${code}`),
    })
    const end = orders.from + orders.count
    for (let n = orders.from; n < end; n += spoolerGroup) {
      await gateway.store(Array.from({ length: Math.min(spoolerGroup, end - n) }, (_, i) => n + i))
    }
    await gateway.drained()
    say('drained')
    await gateway.close()
  } catch (thrown) {
    say(`failed ${asFault(thrown, 'the spooler failed').message}`)
    process.exitCode = 1
  }
  process.exit()
}
