import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openLineWriter, type WriteAnswer } from '../../../cloud/series/influx-write.ts'
import type { Point } from '../../../cloud/series/series-store.ts'

const clock = { now: () => 0, monotonicMs: () => 0 }
const signal = new AbortController().signal
const stored: WriteAnswer = { status: 204, body: '', retryAfter: undefined }

function points(count: number, sources = 50): Point[] {
  return Array.from({ length: count }, (_, i) => {
    const source = `th-${i % sources}`
    return { measurement: 'condition', site: 's', gateway: 'g', source, at: i, nanos: 0, fields: { t: 1 } }
  })
}

/** Line numbers of a body: every point has its index as its time. */
const indexes = (body: Uint8Array) =>
  Buffer.from(body)
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => Number(line.split(' ').at(-1)) / 1_000_000)

test('halving finds exactly the lines at fault and stores all others', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 300 }),
      fc.uniqueArray(fc.nat({ max: 299 })),
      fc.boolean(),
      async (count, poison, tellsHowMany) => {
        const bad = new Set(poison.filter((index) => index < count))
        const kept = new Set<number>()
        const write = openLineWriter({
          clock,
          server: 'test',
          async post(body) {
            const lines = indexes(body)
            const dropped = lines.filter((index) => bad.has(index)).length
            if (dropped === 0 || tellsHowMany) for (const index of lines) if (!bad.has(index)) kept.add(index)
            if (dropped === 0) return stored
            const error = tellsHowMany ? `partial write: dropped=${dropped}` : 'unable to parse'
            return { status: 400, body: JSON.stringify({ error }), retryAfter: undefined }
          },
        })
        const rejections = await write(points(count), signal)
        expect(rejections.map(({ index }) => index)).toEqual([...bad].sort((a, b) => a - b))
        expect(kept.size).toBe(count - bad.size)
      },
    ),
  )
})

test('when all of them are at fault, one answer is enough', async () => {
  let requests = 0
  const write = openLineWriter({
    clock,
    server: 'test',
    async post(body) {
      requests += 1
      return { status: 400, body: `{"error":"partial write: dropped=${indexes(body).length}"}`, retryAfter: undefined }
    },
  })
  expect(await write(points(9000), signal)).toHaveLength(9000)
  expect(requests).toBe(1)
})

test.each([
  [1, [1]],
  [4999, [4999]],
  [9999, [9999]],
  [10_000, [10_000]],
  [19_999, [19_999]],
  [20_000, [10_000, 10_000]],
  [60_000, [10_000, 10_000, 10_000, 10_000, 10_000, 10_000]],
])('%i points make requests of %j, at most two in flight', async (count, sizes) => {
  const seen: number[] = []
  let inFlight = 0
  let most = 0
  const write = openLineWriter({
    clock,
    server: 'test',
    async post(body) {
      inFlight += 1
      most = Math.max(most, inFlight)
      await Promise.resolve()
      seen.push(indexes(body).length)
      inFlight -= 1
      return stored
    },
  })
  expect(await write(points(count), signal)).toEqual([])
  expect(seen).toEqual(sizes)
  expect(most).toBe(Math.min(2, sizes.length))
})

test('a request holds series after series, and each of them as its points came', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 100 }), async (sources) => {
      const seen: number[] = []
      const write = openLineWriter({
        clock,
        server: 'test',
        async post(body) {
          seen.push(...indexes(body))
          return stored
        },
      })
      const all = sources.map((source, i) => ({ ...(points(1)[0] as Point), source: `th-${source}`, at: i }))
      // Twice: what is remembered of the first time must not disturb the second.
      for (let turn = 0; turn < 2; turn += 1) expect(await write(all, signal)).toEqual([])
      const once = [...Map.groupBy(all, ({ source }) => source).values()].flatMap((of) => of.map(({ at }) => at))
      expect(seen).toEqual([...once, ...once])
    }),
  )
})

test('a server that does not answer in time is given up, with a retryable Fault', async () => {
  const write = openLineWriter({
    clock,
    server: 'test',
    timeoutMs: 5,
    post: (_, signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  })
  await expect(write(points(1), signal)).rejects.toMatchObject({ code: 'timeout', retryable: true })
})

test('a failed write ends only when nothing of it is under way any more', async () => {
  let running = 0
  const write = openLineWriter({
    clock,
    server: 'test',
    async post() {
      running += 1
      const mine = running
      for (let i = 0; i < mine * 5; i++) await Promise.resolve()
      running -= 1
      return mine === 1 ? { status: 500, body: '', retryAfter: undefined } : stored
    },
  })
  await expect(write(points(20_000), signal)).rejects.toMatchObject({ retryable: true })
  expect(running).toBe(0)
})
