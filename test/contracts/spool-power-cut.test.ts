import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readDiskTrace, type TracedCall, underDiskTrace } from '../faults/disk-trace.ts'
import { filesAfterPowerCut, type Mercy } from '../faults/power-cut.ts'
import { brokenAfterCut, putFiles } from '../faults/spool-after-cut.ts'
import { seeded } from '../support/journal.ts'
import { observation, temporaryDirectory, testClock } from '../support/spool.ts'

const script = join(import.meta.dirname, '../support/spool-once.ts')
const mercies: readonly Mercy[] = ['none', 'torn', 'scattered']
const cuts = 150

/** What it had said by then: `<first> <n>` for five records each, and up to where it had been told of acknowledgements. */
function saidIn(calls: readonly TracedCall[]) {
  const text = calls.map((call) => (call.kind === 'said' ? call.text : '')).join('')
  const told = [...text.matchAll(/^(\d+) (\d+)$/gm)].flatMap(([, first, n]) =>
    Array.from({ length: 5 }, (_, i) => ({ sequence: Number(first) + i, record: observation(Number(n) + i) })),
  )
  return {
    told,
    acknowledged: Math.max(0, ...[...text.matchAll(/^acknowledged (\d+)$/gm)].map(([, up]) => Number(up))),
  }
}

test('the power is cut at any call, and what was not synced is gone, torn or scattered: every promise is kept', async () => {
  using place = temporaryDirectory()
  const spool = join(place.path, 'spool')
  mkdirSync(spool)
  const trace = join(place.path, 'trace')
  const [program = '', ...args] = [...underDiskTrace(trace), process.execPath, script, spool]
  spawnSync(program, args, { env: { ...process.env, UV_THREADPOOL_SIZE: '1' } })
  const calls = readDiskTrace(readFileSync(trace, 'utf8'), spool)
  expect(saidIn(calls).told.length).toBe(300)
  const random = seeded(20_261_129)
  const problems: string[] = []
  for (let cut = 0; cut < cuts; cut += 1) {
    const before = calls.slice(0, Math.floor(((cut + random()) / cuts) * calls.length))
    const mercy = mercies[cut % mercies.length] ?? 'none'
    const files = filesAfterPowerCut(new Map(), before, { mercy, random })
    const after = join(place.path, 'after')
    putFiles(spool, after, files)
    const { told, acknowledged } = saidIn(before)
    const broken = await brokenAfterCut(after, told, { acknowledged, clock: testClock, random })
    problems.push(...broken.map((one) => `cut at call ${before.length} (${mercy}): ${one}`))
  }
  expect(problems.slice(0, 5)).toEqual([])
})
