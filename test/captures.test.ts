import { globSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { expect, test } from 'vitest'
import { CleanOptions } from '../edge/clean/options.ts'
import { runLine } from '../edge/line.ts'
import { SourceOptions, sourceFrom } from '../edge/sources/catalogue.ts'
import { captureHeaderOf, played } from '../edge/sources/replay/capture.ts'
import { emptyTally } from '../edge/tally.ts'
import { quietLog } from './support/edge.ts'
import { memorySpool } from './support/memory-spool.ts'
import { sourceContext } from './support/source-run.ts'

const captures = globSync('captures/*/capture.ndjson', { cwd: import.meta.dirname }).toSorted()

test('there are captures', () => expect(captures.length).toBeGreaterThanOrEqual(5))

test.each(captures.map((path) => [basename(dirname(path)), path]))('%s becomes what it did', async (_device, name) => {
  const path = `${import.meta.dirname}/${name}`
  const header = await captureHeaderOf(path)
  const live = await sourceFrom(SourceOptions.parse(header?.source), sourceContext)
  const spool = memorySpool()
  const tally = emptyTally()
  const { clock, random } = sourceContext
  const sources = [played(live, { path, speed: 'max' }, sourceContext)]
  const clean = CleanOptions.parse({})
  const never = new AbortController()
  await runLine({ gateway: 'gw-1', sources, clean, spool, clock, random, log: quietLog(), tally }, never.signal)

  const refused: Record<string, number> = {}
  for (const device of tally.devices.values()) {
    for (const [reason, count] of Object.entries(device.refused)) {
      if (count > 0) refused[reason] = (refused[reason] ?? 0) + count
    }
  }
  const records = spool.records.slice(1) // the gateway's own word that it started
  expect({ records, refused }).toEqual(JSON.parse(readFileSync(path.replace('capture.ndjson', 'records.json'), 'utf8')))
})
