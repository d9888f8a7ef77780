import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CleanOptions } from '../../edge/clean/options.ts'
import { runLine } from '../../edge/line.ts'
import { openReplay } from '../../edge/sources/replay/open.ts'
import { ReplayOptions } from '../../edge/sources/replay/options.ts'
import { emptyTally } from '../../edge/tally.ts'
import { isKind } from '../../shared/record.ts'
import { allowedMs } from '../support/allowed.ts'
import { quietLog, steadyClock } from '../support/edge.ts'
import { memorySpool } from '../support/memory-spool.ts'
import { runSource, sourceContext } from '../support/source-run.ts'
import { until } from '../support/until.ts'

const recording = new URL('../../../shared/data/gate-static-vs-moving/runs/run-x1.csv.gz', import.meta.url).pathname

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'replay-'))
})
afterEach(() => rm(directory, { recursive: true }))

async function openText(text: string, options: object = {}) {
  const path = join(directory, 'run.csv')
  await writeFile(path, text)
  const parsed = ReplayOptions.parse({ type: 'replay', id: 'gate', path, format: 'item-test-csv', ...options })
  return runSource(openReplay(parsed, sourceContext).source)
}
const second = (s: string) => `2023-01-06T17:01:${s}+01:00;3034;;1;-63`

test('at its own pace, faster', async () => {
  const started = performance.now()
  const run = await openText(['// head', second('00.0'), second('10.0'), second('20.0')].join('\r\n'), { speed: 50 })
  await run.ended
  const tookMs = performance.now() - started
  expect(tookMs).toBeGreaterThan(390)
  expect(tookMs).toBeLessThan(allowedMs(5_000))
  expect(run.deliveries.map(({ text }) => text)).toEqual(['// head', second('00.0'), second('10.0'), second('20.0')])
})

test('shifted to now, keeping the distances at that speed', async () => {
  const before = Date.now()
  const run = await openText([second('00.0'), second('10.0'), second('20.0')].join('\n'), {
    speed: 100,
    shiftToNow: true,
  })
  await run.ended
  const times = run.deliveries.map(({ text }) => Date.parse(text.split(';')[0] ?? ''))
  const [first = 0] = times
  expect(first).toBeGreaterThanOrEqual(before)
  expect(first).toBeLessThanOrEqual(Date.now())
  expect(times.map((at) => at - first)).toEqual([0, 100, 200])
  expect(run.deliveries[0]?.text).toMatch(/Z;3034;;1;-63$/)
})

test('stops in the middle when told so', async () => {
  const run = await openText([second('00.0'), second('59.0')].join('\n'))
  await until('the first line has come', () => run.deliveries.length === 1)
  await run.stop()
  expect(run.deliveries.length).toBe(1)
})

test('a recording that does not exist is a fault that names it', async () => {
  const parsed = ReplayOptions.parse({ type: 'replay', id: 'gate', path: '/no/such.csv', format: 'item-test-csv' })
  const run = runSource(openReplay(parsed, sourceContext).source)
  await expect(run.ended).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining('/no/such.csv') })
})

test('a torn gzip is a fault, after what could be read', async () => {
  const path = join(directory, 'torn.csv.gz')
  if (!existsSync(recording)) return
  await writeFile(path, readFileSync(recording).subarray(0, 20_000))
  const parsed = ReplayOptions.parse({ type: 'replay', id: 'gate', path, format: 'item-test-csv', speed: 'max' })
  const run = runSource(openReplay(parsed, sourceContext).source)
  await expect(run.ended).rejects.toMatchObject({ code: 'not-found' })
  expect(run.deliveries.length).toBeGreaterThan(100)
})

// Recorded by other people and kept outside of the project.
const present = existsSync(recording) || process.env['CI'] !== undefined
test.skipIf(!present)(
  'a recorded run through the line: every read and every tag, counted in the file itself',
  async () => {
    const rows = gunzipSync(readFileSync(recording)).toString().split('\r\n')
    const reads = rows.filter((row) => row !== '' && !row.startsWith('//')).map((row) => row.split(';')[1] ?? '')
    const known = reads.filter((epc) => epc !== '')

    const spool = memorySpool()
    const tally = emptyTally()
    await runLine(
      {
        gateway: 'gw',
        sources: [
          openReplay(
            ReplayOptions.parse({ type: 'replay', id: 'gate', path: recording, format: 'item-test-csv', speed: 'max' }),
            sourceContext,
          ),
        ],
        clean: CleanOptions.parse({}),
        spool,
        clock: steadyClock(),
        random: () => 0,
        log: quietLog(),
        tally,
      },
      new AbortController().signal,
    )
    const observations = spool.records.filter((record) => isKind(record, 'observation'))
    expect(known.length).toBeGreaterThan(20_000)
    expect(observations.reduce((sum, { count }) => sum + count, 0)).toBe(known.length)
    expect(new Set(observations.map(({ epc }) => epc))).toEqual(new Set(known))
    expect(tally.deviceOf('gate').refused.incomplete).toBe(reads.length - known.length)
    expect(tally.deviceOf('gate').refused.unsupported).toBe(rows.filter((row) => row.startsWith('//')).length)
  },
)
