import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { openOutputs } from '../../../edge/outputs/open.ts'
import { OutputOptions } from '../../../edge/outputs/options.ts'
import type { EdgeAlert } from '../../../shared/record.ts'
import { quietLog, steadyClock } from '../../support/edge.ts'
import { temporaryDirectory } from '../../support/spool.ts'
import { until } from '../../support/until.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const alert = (subject: string, state: EdgeAlert['state'], at = 1000): EdgeAlert => ({
  ...{ kind: 'alert', at, rule: 'warm', subject, state, value: 9.5 },
  ...(state === 'cleared' ? { raisedAt: 1000 } : {}),
})

/** A program of this machine as the output `horn`, with what it wrote. */
function horn(lines: string, options: object = {}) {
  const directory = temporaryDirectory()
  closers.push(() => directory[Symbol.dispose]())
  const [program, log] = [join(directory.path, 'horn'), join(directory.path, 'log')]
  writeFileSync(program, `#!/bin/sh\n${lines}\n`)
  chmodSync(program, 0o755)
  const outputs = openOutputs(
    [OutputOptions.parse({ type: 'command', id: 'horn', command: program, args: [log, '$(id); x'], ...options })],
    { clock: steadyClock(), random: Math.random, log: quietLog() },
  )
  const stop = new AbortController()
  const running = outputs.run(stop.signal)
  closers.push(async () => {
    stop.abort()
    await running
  })
  const counts = () => outputs.counters.byOutput.get('horn')
  const written = () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [])
  return { outputs, counts, written, directory: directory.path }
}

test('a program is run with its own arguments and the alert in its environment, and nothing else of ours', async () => {
  process.env['WAREPULSE_UPLINK__SECRET'] = 'not for programs'
  closers.push(() => delete process.env['WAREPULSE_UPLINK__SECRET'])
  const { outputs, counts, written } = horn('echo "$2" >> "$1"; env | grep ^WAREPULSE | sort >> "$1"')
  outputs.drive(['horn'], alert('probe', 'raised'))
  await until('it ran', () => counts()?.done === 1)
  expect(written()).toEqual([
    '$(id); x',
    ...[
      'WAREPULSE_AT=1000',
      'WAREPULSE_RULE=warm',
      'WAREPULSE_STATE=raised',
      'WAREPULSE_SUBJECT=probe',
      'WAREPULSE_VALUE=9.5',
    ],
  ])
})

test('one at a time; of what waits the newest state of a subject counts', async () => {
  const { outputs, counts, written, directory } = horn(
    'echo "$WAREPULSE_SUBJECT $WAREPULSE_STATE" >> "$1"; while [ ! -e "$(dirname "$1")/go" ]; do sleep 0.02; done',
  )
  outputs.drive(['horn'], alert('a', 'raised'))
  await until('the first runs', () => written().length === 1)
  for (const record of [alert('b', 'raised'), alert('a', 'cleared'), alert('a', 'raised', 2000), alert('b', 'cleared')])
    outputs.drive(['horn'], record)
  writeFileSync(join(directory, 'go'), '')
  await until('all ran', () => counts()?.done === 3)
  expect(written()).toEqual(['a raised', 'a raised', 'b cleared'])
  expect(counts()).toEqual({ done: 3, failed: 0, 'timed-out': 0, replaced: 2, dropped: 0 })
})

test('beyond 100 that wait the oldest goes, and is counted', () => {
  const outputs = openOutputs([OutputOptions.parse({ type: 'command', id: 'horn', command: '/bin/true' })], {
    ...{ clock: steadyClock(), random: Math.random, log: quietLog() },
  })
  for (let i = 0; i < 105; i += 1) outputs.drive(['horn'], alert(`s${i}`, 'raised'))
  expect(outputs.counters.byOutput.get('horn')?.dropped).toBe(5)
})

test('one that hangs is killed with what it started; one that fails and one that is not there are counted', async () => {
  const { outputs, counts, written } = horn('sleep 60 & echo $! >> "$1"; wait', { timeoutMs: 200 })
  outputs.drive(['horn'], alert('a', 'raised'))
  await until('it was killed', () => counts()?.['timed-out'] === 1)
  const child = Number(written()[0])
  await until('its child is gone', () => {
    try {
      return /^State:\s+Z/m.test(readFileSync(`/proc/${child}/status`, 'utf8'))
    } catch {
      return true
    }
  })
  const failing = horn('exit 3')
  failing.outputs.drive(['horn'], alert('a', 'raised'))
  await until('it failed', () => failing.counts()?.failed === 1)
  const missing = horn('', { command: '/nowhere/horn' })
  missing.outputs.drive(['horn'], alert('a', 'raised'))
  await until('it is not there', () => missing.counts()?.failed === 1)
})

test('a rule that names what is not configured drives nothing, and is counted', () => {
  const { outputs } = horn('echo x >> "$1"')
  outputs.drive(['/bin/sh', 'siren'], alert('a', 'raised'))
  expect(outputs.counters.unknown).toBe(2)
})

test.each([{ command: 'horn' }, { command: '/bin/true', shell: true }, { command: '/bin/true', timeoutMs: 0 }])(
  'is refused: %o',
  (options) => {
    expect(OutputOptions.safeParse({ type: 'command', id: 'horn', ...options }).success).toBe(false)
  },
)
