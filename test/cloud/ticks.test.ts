import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startTicks } from '../../cloud/ticks.ts'

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => void vi.useRealTimers())

const clock = { now: () => Date.now(), monotonicMs: () => Date.now() }

async function tickFor(ms: number, awaited?: number): Promise<readonly number[]> {
  const told: number[] = []
  const ticks = startTicks(
    { appendOwn: async (_site, records) => told.push(...records.map(({ at }) => at - 1_000_000)) },
    clock,
    () => (awaited === undefined ? undefined : 1_000_000 + awaited),
  )
  await vi.advanceTimersByTimeAsync(ms)
  ticks.stop()
  await vi.advanceTimersByTimeAsync(5000)
  return told
}

test.each<[string, number, number | undefined, number[]]>([
  ['once a second', 3050, undefined, [1000, 2000, 3000]],
  ['when something waits for an instant between, as soon as it is past', 800, 320, [400]],
  ['the same instant once, also where nobody takes the ticks', 3000, 320, [400, 1400, 2400]],
  ['what lies ahead is not hurried', 1050, 90_000, [1000]],
])('%s', async (_name, ms, awaited, told) => {
  expect(await tickFor(ms, awaited)).toEqual(told)
})

test('a tick that cannot be written is let go', async () => {
  let tries = 0
  const journal = {
    async appendOwn() {
      tries += 1
      throw new Error('the disk is full')
    },
  }
  const ticks = startTicks(journal, clock, () => undefined)
  await vi.advanceTimersByTimeAsync(3050)
  ticks.stop()
  expect(tries).toBe(3)
})
