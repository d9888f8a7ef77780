import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Point } from '../../../cloud/series/series-store.ts'
import { openSqliteSeries } from '../../../cloud/series/sqlite.ts'
import { temporaryDirectory } from '../../support/spool.ts'

const signal = new AbortController().signal

const condition = fc
  .tuple(
    fc.constantFrom('th-1', 'th-2'),
    fc.constantFrom('g-1', 'g-2'),
    fc.nat(40),
    fc.record({ temperature: fc.integer({ min: -50, max: 50 }), humidity: fc.nat(100) }, { requiredKeys: [] }),
  )
  .filter(([, , , fields]) => Object.keys(fields).length > 0)
  .map(
    ([source, gateway, at, fields]): Point => ({
      ...{ measurement: 'condition', site: 's', gateway, source, at, nanos: 0, fields: { ...fields } },
    }),
  )
const read = fc.tuple(fc.constantFrom('door', 'shelf'), fc.nat(40), fc.nat(3), fc.constantFrom('AA', 'BB')).map(
  ([source, at, nanos, epc]): Point => ({
    ...{ measurement: 'read', site: 's', gateway: 'g-1', source, at, nanos, fields: { epc, count: at + 1 } },
  }),
)
const step = fc.oneof(
  fc.array(fc.oneof(condition, read), { minLength: 1, maxLength: 12 }),
  fc.constant('open again' as const),
)

/** What the contract says, the plain way: one point for each key, later fields over earlier ones. */
function expected(points: readonly Point[]): ReadonlySet<string> {
  const byKey = new Map<string, Point>()
  for (const point of points) {
    const { measurement, site, gateway, source, at, nanos, fields } = point
    const key = [measurement, site, gateway, source, at, nanos].join('/')
    byKey.set(key, { ...point, fields: { ...byKey.get(key)?.fields, ...fields } })
  }
  return new Set([...byKey.values()].map(canonical))
}

function canonical({ measurement, site, gateway, source, at, nanos, fields }: Point): string {
  return JSON.stringify([measurement, site, gateway, source, at, nanos, Object.entries(fields).sort()])
}

test('however points come, however often they are sealed, merged and read back: each is there once, as last told', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 30 }), async (steps, sealedAt) => {
      using directory = temporaryDirectory()
      const path = join(directory.path, 'series.sqlite')
      let store = openSqliteSeries(path, { sealedAt })
      const points: Point[] = []
      for (const one of steps) {
        if (one === 'open again') {
          await store.close()
          store = openSqliteSeries(path, { sealedAt })
          continue
        }
        expect(await store.write(one, signal)).toEqual([])
        points.push(...one)
      }
      const stored = [...store.everyPoint()].map(canonical)
      expect(stored.length).toBe(new Set(stored).size)
      expect(new Set(stored)).toEqual(expected(points))
      await store.close()
    }),
    { numRuns: 60 },
  )
})

test('sensors that are sealed together are merged in turns: never all at once, and none keeps eight small blocks', async () => {
  using directory = temporaryDirectory()
  const sensors = 64
  const store = openSqliteSeries(join(directory.path, 'series.sqlite'), { sealedAt: sensors })
  const ofLevel = store.database.prepare('SELECT shelf, count(*) AS n FROM block WHERE level = ? GROUP BY shelf')
  const points: Point[] = []
  let mergedBefore = new Map<unknown, number>()
  for (let at = 1; at <= 200; at += 1) {
    const one = Array.from({ length: sensors }, (_, n): Point => {
      const fields = { temperature: at + n }
      return { measurement: 'condition', site: 's', gateway: 'g', source: `th-${n}`, at, nanos: 0, fields }
    })
    await store.write(one, signal)
    points.push(...one)
    for (const level of [0, 1]) for (const row of ofLevel.all(level)) expect(Number(row['n'])).toBeLessThan(8)
    const merged = new Map(ofLevel.all(1).map((row) => [row['shelf'], Number(row['n'])]))
    const atOnce = [...merged].filter(([shelf, blocks]) => blocks > (mergedBefore.get(shelf) ?? 0)).length
    expect(atOnce).toBeLessThanOrEqual(Math.ceil(sensors / 5))
    mergedBefore = merged
  }
  expect(new Set([...store.everyPoint()].map(canonical))).toEqual(expected(points))
  await store.close()
})

test('a commit that fails leaves neither points nor numbers behind', async () => {
  using directory = temporaryDirectory()
  const store = openSqliteSeries(join(directory.path, 'series.sqlite'), { sealedAt: 2 })
  const point = (at: number, source: string): Point => ({
    ...{ measurement: 'condition', site: 's', gateway: 'g', source, at, nanos: 0, fields: { temperature: at } },
  })
  await store.write([point(1, 'a')], signal)
  const failing = () => {
    throw new Error('no')
  }
  expect(() => store.commit([point(2, 'a'), point(3, 'b')], failing)).toThrow('no')
  await store.write([point(4, 'c'), point(5, 'a')], signal)
  expect([...store.everyPoint()].map(({ source, at }) => [source, at])).toEqual([
    ['a', 1],
    ['a', 5],
    ['c', 4],
  ])
  await store.close()
})
