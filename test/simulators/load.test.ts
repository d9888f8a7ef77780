import { expect, test } from 'vitest'
import { checkRecord } from '../../shared/record.ts'
import { SiteMap } from '../../shared/site-map.ts'
import { loadMap, loadRecords, standardLoad } from '../../simulators/load.ts'

const take = (count: number, seed = 42) =>
  loadRecords({ ...standardLoad, seed, startAt: 1_700_000_000_000 })
    .take(count)
    .toArray()

test('half are measurements of 500 sensors, half observations of up to 50,000 tags, and all are legal', () => {
  const records = take(20_000)
  const measurements = records.filter((record) => record.kind === 'measurement')
  const observations = records.filter((record) => record.kind === 'observation')
  expect(measurements).toHaveLength(10_000)
  expect(observations).toHaveLength(10_000)
  expect(new Set(measurements.map(({ sensor }) => sensor)).size).toBe(500)
  expect(new Set(observations.map(({ epc }) => epc)).size).toBeGreaterThan(8_000)
  for (const record of records) expect(checkRecord(record)).toMatchObject({ ok: true })
})

test('everything has a place on the map that comes with it', () => {
  const map = SiteMap.parse(loadMap('bench', 'gw-1'))
  const places = new Set([...map.readPoints, ...map.sensors].map(({ id }) => id))
  for (const record of take(2_000)) {
    expect(places.has(record.kind === 'measurement' ? record.sensor : record.readPoint)).toBe(true)
  }
})

test('the same seed gives the same records', () => {
  expect(take(1_000)).toEqual(take(1_000))
  expect(take(1_000, 1)).not.toEqual(take(1_000, 2))
})
