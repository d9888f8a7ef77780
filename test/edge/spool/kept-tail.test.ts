import { expect, test } from 'vitest'
import { openSpool } from '../../../edge/spool/open.ts'
import { observation, temporaryDirectory, testClock } from '../../support/spool.ts'

test('an eighth of the spool stays after it was acknowledged, for a server that is restored from a backup', async () => {
  using directory = temporaryDirectory()
  const maxBytes = 4 * 1024 * 1024
  const spool = await openSpool({ directory: directory.path, maxBytes, clock: testClock, random: Math.random })
  const written = () => spool.bytes - 2 * 256 * 1024
  for (let n = 1; n <= 10_000; n += 500) await spool.append(Array.from({ length: 500 }, (_, i) => observation(n + i)))
  expect(written()).toBeGreaterThan(1_000_000)
  await spool.acknowledge({ committed: 10_000, ranges: [] })
  expect(spool.first).toBeGreaterThan(1)
  // A segment more or less, and the newest.
  expect(written()).toBeGreaterThan(maxBytes / 8 - 256 * 1024)
  expect(written()).toBeLessThan(maxBytes / 8 + 256 * 1024)
  expect((await spool.read(spool.first, { records: 1, bytes: 1000 })).records).toHaveLength(1)
  await spool.close()
})
