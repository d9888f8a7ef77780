import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openTruth, type TruthEntry } from '../../simulators/truth.ts'

const read = (at: number, sent = true, stray = false): TruthEntry => ({
  kind: 'read',
  at,
  device: 'gate-1',
  antenna: 1,
  epc: '30',
  rssiDbm: -50,
  stray,
  sent,
})

test('counts by what became of it', async () => {
  const truth = openTruth({ keep: 100 })
  for (const entry of [read(1), read(2, false), read(3, true, true)]) truth.tell(entry)
  truth.tell({ kind: 'measurement', at: 4, sensor: 't', values: { temperature: 4 }, sent: true })
  truth.tell({ kind: 'move', at: 5, epcs: ['30'], from: 'away', to: 'gate-1' })
  expect(truth.counters).toEqual({
    readsSent: 2,
    readsUnsent: 1,
    strayReadsSent: 1,
    measurementsSent: 1,
    measurementsUnsent: 0,
    moves: 1,
    forgotten: 0,
    unwritten: 0,
  })
})

test('memory is bounded: the oldest are forgotten and counted, the file has them all', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'truth-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const file = join(directory, 'truth.ndjson')
  const truth = openTruth({ keep: 10, file })
  for (let at = 1; at <= 95; at += 1) truth.tell(read(at))
  await truth.close()
  await truth.close()
  expect(truth.entries().length).toBeLessThan(20)
  expect(truth.entries().at(-1)).toEqual(read(95))
  expect(truth.counters.forgotten + truth.entries().length).toBe(95)
  expect(truth.counters.readsSent).toBe(95)
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(Array.from({ length: 95 }, (_, i) => read(i + 1)))
})

test('a file that cannot be written is counted, not thrown', async () => {
  const truth = openTruth({ keep: 10, file: join(tmpdir(), 'no-such-directory', 'truth.ndjson') })
  truth.tell(read(1))
  await new Promise((resolve) => setImmediate(resolve))
  await truth.close()
  truth.tell(read(2))
  expect(truth.counters.readsSent).toBe(1)
})
