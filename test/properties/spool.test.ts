import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openSpool } from '../../edge/spool/open.ts'
import type { Spool } from '../../edge/spool/spool.ts'
import { close, type Intervals, nothingClosed } from '../../shared/intervals.ts'
import { observation, readAll, temporaryDirectory, testClock } from '../support/spool.ts'

/** What a spool is, without a disk. */
interface Model {
  records: number[]
  closed: Intervals
  lease: string | undefined
}

interface Real {
  readonly directory: string
  spool: Spool
}

const open = (directory: string) =>
  openSpool({
    directory,
    maxBytes: 4 * 1024 * 1024,
    segmentBytes: 8 * 1024,
    keepAckedBytes: 16 * 1024,
    clock: testClock,
    random: Math.random,
  })

class Append implements fc.AsyncCommand<Model, Real> {
  readonly counts: readonly number[]
  constructor(counts: readonly number[]) {
    this.counts = counts
  }
  check = () => true
  async run(model: Model, real: Real) {
    const appends = this.counts.map((count) => {
      const first = model.records.length + 1
      const numbers = Array.from({ length: count }, (_, index) => first + index)
      model.records.push(...numbers)
      return { first, done: real.spool.append(numbers.map(observation)) }
    })
    for (const { first, done } of appends) expect(await done).toBe(first)
    expect(real.spool.next).toBe(model.records.length + 1)
  }
  toString = () => `append(${this.counts})`
}

class Read implements fc.AsyncCommand<Model, Real> {
  readonly from: number
  readonly records: number
  constructor(from: number, records: number) {
    this.from = from
    this.records = records
  }
  check = () => true
  async run(model: Model, real: Real) {
    const run = await real.spool.read(this.from, { records: this.records, bytes: 4000 })
    const first = Math.max(this.from, real.spool.first)
    expect(run.first).toBe(first)
    expect(run.records.length > 0).toBe(first <= model.records.length)
    expect(run.records.length).toBeLessThanOrEqual(this.records)
    for (const [index, bytes] of run.records.entries()) {
      expect(JSON.parse(Buffer.from(bytes ?? []).toString())).toEqual(observation(first + index))
    }
  }
  toString = () => `read(${this.from}, ${this.records})`
}

class Acknowledge implements fc.AsyncCommand<Model, Real> {
  readonly from: number
  readonly count: number
  constructor(from: number, count: number) {
    this.from = from
    this.count = count
  }
  check = () => true
  async run(model: Model, real: Real) {
    const to = Math.min(this.from + this.count, model.records.length)
    model.closed = close(model.closed, this.from, to)
    await real.spool.acknowledge(close(nothingClosed, this.from, this.from + this.count))
    expect(real.spool.closed).toEqual(model.closed)
    expect(real.spool.first).toBeLessThanOrEqual(model.closed.committed + 1)
  }
  toString = () => `acknowledge(${this.from}–${this.from + this.count})`
}

class Lease implements fc.AsyncCommand<Model, Real> {
  readonly lease: string
  constructor(lease: string) {
    this.lease = lease
  }
  check = () => true
  async run(model: Model, real: Real) {
    model.lease = this.lease
    await real.spool.setLease(this.lease)
  }
  toString = () => `lease(${this.lease})`
}

class Reopen implements fc.AsyncCommand<Model, Real> {
  check = () => true
  async run(model: Model, real: Real) {
    const { epoch } = real.spool
    await real.spool.close()
    real.spool = await open(real.directory)
    expect(real.spool.epoch).toBe(epoch)
    expect(real.spool.lease).toBe(model.lease)
    expect(real.spool.closed).toEqual(model.closed)
    const found = await readAll(real.spool, real.spool.first)
    expect([...found.keys()]).toEqual(model.records.slice(real.spool.first - 1))
    for (const [sequence, record] of found) expect(record).toEqual(observation(sequence))
  }
  toString = () => 'reopen'
}

test('a spool is a list of records with a set of closed numbers, however it is used', async () => {
  const commands = fc.commands(
    [
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 6 }).map((counts) => new Append(counts)),
      fc.tuple(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 50 })).map(([from, n]) => new Read(from, n)),
      fc
        .tuple(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 0, max: 200 }))
        .map(([from, n]) => new Acknowledge(from, n)),
      fc.integer({ min: 0, max: 9 }).map((n) => new Lease(`lease-${n}`)),
      fc.constant(new Reopen()),
    ],
    { maxCommands: 30 },
  )
  await fc.assert(
    fc.asyncProperty(commands, async (list) => {
      using directory = temporaryDirectory()
      const path = join(directory.path, 'spool')
      const real: Real = { directory: path, spool: await open(path) }
      try {
        await fc.asyncModelRun(() => ({ model: { records: [], closed: nothingClosed, lease: undefined }, real }), list)
      } finally {
        await real.spool.close()
      }
    }),
    { numRuns: 40 },
  )
})
