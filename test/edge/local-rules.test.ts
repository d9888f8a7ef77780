import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { openLocalRules } from '../../edge/local-rules.ts'
import { recordQueue } from '../../edge/record-queue.ts'
import { GatewayDocument } from '../../shared/gateway-document.ts'
import type { EdgeAlert, Measurement } from '../../shared/record.ts'
import { quietLog, steadyClock } from '../support/edge.ts'
import { temporaryDirectory } from '../support/spool.ts'
import { until } from '../support/until.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const inForce = GatewayDocument.parse({
  ...{ v: 1, version: 5, gates: [], held: [] },
  rules: [
    {
      ...{ id: 'warm', type: 'threshold', quantity: 'temperature', sensors: ['probe'], direction: 'above' },
      ...{ limit: 8, clearAt: 7, onDelayMs: 0, outputs: ['horn'] },
    },
    { id: 'of-tomorrow', type: 'gravity' },
  ],
})
const value = (at: number, temperature: number): Measurement => {
  return { kind: 'measurement', at, sensor: 'probe', values: { temperature } }
}

/** A gateway's rules in a directory. What it told stands in `queue`; `kill` ends it without a word. */
async function life(directory: string) {
  const queue = recordQueue()
  const driven: EdgeAlert[] = []
  const rules = await openLocalRules({
    ...{ directory, document: () => inForce, queue, clock: steadyClock(), log: quietLog() },
    outputs: { drive: (_ids, record) => void driven.push(record) },
  })
  const told = (from = 0) => queue.take(queue.length).slice(from) as EdgeAlert[]
  return { queue, driven, rules, told }
}

function directory(): string {
  const made = temporaryDirectory()
  closers.push(() => made[Symbol.dispose]())
  return made.path
}

test('killed before the spool had it: told again as the very same one, and driven again', async () => {
  const path = directory()
  const first = await life(path)
  first.rules.take(value(1000, 9))
  await first.rules.flush()
  const said = first.told()
  expect(said).toMatchObject([{ state: 'raised', at: 1000, subject: 'probe' }])
  const second = await life(path) // the first one is killed: nothing was settled
  await second.rules.flush()
  expect(second.told()).toEqual(said)
  expect(second.driven).toMatchObject([{ rule: 'warm', subject: 'probe', state: 'raised', at: 1000, value: 9 }])
  second.rules.take(value(2000, 9))
  await second.rules.flush()
  expect(second.told()).toEqual([])
})

test('stored by the spool, it is not told again; its end is', async () => {
  const path = directory()
  const first = await life(path)
  const stop = new AbortController()
  const running = first.rules.run(stop.signal)
  first.rules.take(value(1000, 9))
  await until('it is told', () => first.queue.length === 1)
  first.queue.settle(first.queue.take(1).length)
  await new Promise(setImmediate)
  stop.abort()
  await running
  const second = await life(path)
  second.rules.take(value(2000, 5))
  await second.rules.flush()
  expect(second.told()).toMatchObject([{ state: 'cleared', at: 2000, raisedAt: 1000, value: 9 }])
  expect(second.driven.at(-1)).toMatchObject({ state: 'cleared' })
})

test('a disk that refuses holds no alert back', async () => {
  const path = directory()
  const { rules, told } = await life(path)
  mkdirSync(join(path, 'rules.new')) // nothing can be written in its place
  rules.take(value(1000, 9))
  await rules.flush()
  expect(told()).toMatchObject([{ state: 'raised' }])
  rmSync(join(path, 'rules.new'), { recursive: true })
})

test('a rule of a kind that is not known here is left aside, and the rest works', () => {
  expect(inForce.rules.map(({ id }) => id)).toEqual(['warm'])
})
