import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { makeApp } from '../../../cloud/http/app.ts'
import type { Api } from '../../../cloud/http/parts.ts'
import { type Bench, makeBench } from '../../support/http-parts.ts'
import { smallMap, someItem } from '../../support/warehouse.ts'

const kettle = '3066C4409047E140075BCD15' // (01)09506000134352(21)123456789
const lamp = '30340242201D8840009EFDF7'
const pallet = '3114257BF4499602D2000000'

let bench: Bench
let app: Api
beforeAll(async () => {
  bench = makeBench()
  bench.house.maps.push(smallMap('harbour'), smallMap('airport'))
  bench.house.items.push(
    someItem(kettle, 'harbour', { slot: 'A1', state: 'present' }),
    someItem(lamp, 'harbour', { slot: 'A1', state: 'present' }),
    someItem('E200', 'harbour', { slot: 'A1', state: 'departed' }),
    someItem(pallet, 'harbour', { slot: 'B1', state: 'present' }),
    someItem('3034257BF7194E4000001A85', 'airport', { slot: 'A1', state: 'present' }),
  )
  app = await makeApp(bench.parts, { version: '1.2.3' })
})
beforeEach(() => {
  bench.journalled.length = 0
})
afterAll(async () => {
  await app.close()
  bench.close()
})

const count = (body: object, role: 'floor' | 'viewer' = 'floor', site = 'harbour') =>
  app.inject({ method: 'POST', url: `/api/v1/sites/${site}/counts`, headers: bench.bearer(role), payload: body })

test('what was scanned is held against what is believed, in whatever form, and journalled as it was scanned', async () => {
  const codes = [
    '(01)09506000134352(21)123456789',
    kettle.toLowerCase(),
    'urn:epc:id:sscc:0614141.1234567890',
    'KETTLE-17',
    'E200',
    '3034257BF7194E4000001A85', // of another site, which is nobody's business here
  ]
  const answer = await count({ slot: 'A1', codes, at: '2025-12-31T23:00:00+00:00' })
  expect(answer.statusCode).toBe(202)
  expect(answer.json()).toEqual({
    found: [kettle],
    missing: [lamp],
    unexpected: [pallet, 'E200'],
    unknown: ['KETTLE-17', '3034257BF7194E4000001A85'],
    untagged: [],
    offset: 1,
  })
  const at = Date.UTC(2025, 11, 31, 23)
  expect(bench.journalled).toMatchObject([{ site: 'harbour', records: [{ kind: 'counted', at, slot: 'A1', codes }] }])
})

test('a slot where nothing was scanned', async () => {
  expect((await count({ slot: 'A1', codes: [] })).json()).toMatchObject({ found: [], missing: [kettle, lamp] })
})

test('a clock that runs ahead counts as now', async () => {
  await count({ slot: 'A1', codes: [], at: '2030-01-01T00:00:00Z' })
  expect(bench.journalled[0]?.records[0]).toMatchObject({ at: bench.clock.at })
})

test.each([
  ['a slot on no map', { slot: 'X9', codes: [] }, 'floor', 404],
  ['too many codes', { slot: 'A1', codes: Array(1001).fill('A') }, 'floor', 400],
  ['a local time', { slot: 'A1', codes: [], at: '2026-01-01T00:00:00' }, 'floor', 400],
  ['somebody who may only look', { slot: 'A1', codes: [] }, 'viewer', 403],
] as const)('%s', async (_name, body, role, status) => {
  expect((await count(body, role)).statusCode).toBe(status)
  expect(bench.journalled).toEqual([])
})
