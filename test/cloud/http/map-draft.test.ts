import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { makeApp } from '../../../cloud/http/app.ts'
import type { Api } from '../../../cloud/http/parts.ts'
import type { MapDraftAnswer } from '../../../shared/map-draft.ts'
import type { SiteMap } from '../../../shared/site-map.ts'
import { type Bench, makeBench } from '../../support/http-parts.ts'
import { smallMap } from '../../support/warehouse.ts'

/** A map on its way: saved by one, seen by another, in force only when somebody publishes it. */

let bench: Bench
let app: Api
beforeAll(async () => {
  bench = makeBench()
  app = await makeApp(bench.parts, { version: '1.2.3', requestsPerMinute: 100_000 })
})
beforeEach(() => {
  bench.house.maps.splice(0, 9, smallMap('harbour', 4))
  bench.journalled.length = 0
  const left = bench.parts.drafts.map('harbour')
  if (left !== undefined) bench.parts.drafts.dropMap('harbour', left.revision)
})
afterAll(async () => {
  await app.close()
  bench.close()
})

const url = '/api/v1/sites/harbour/map/draft'
const ask = (method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, payload?: object, role = 'integrator' as const) =>
  app.inject({ method, url: path, headers: bench.bearer(role), ...(payload !== undefined && { payload }) })
const read = async () => (await ask('GET', url)).json<MapDraftAnswer>()
const save = async (seen: number, change: Partial<SiteMap> = {}, base = 4) =>
  ask('PUT', url, { seen, base, map: { ...smallMap('harbour', 4), ...change } })
const saved = async (change: Partial<SiteMap> = {}, base = 4) => {
  const { revision } = (await save((await read()).draft?.revision ?? 0, change, base)).json<{ revision: number }>()
  return revision
}

test('before anything there is the version in force and no draft', async () => {
  expect(await read()).toEqual({ inForce: 4, draft: null })
})

test('a draft may be half done: what is no map yet is kept as it is', async () => {
  const zones = [{ ...smallMap('harbour').zones[0], id: 'a b', name: '' }] as SiteMap['zones']
  await saved({ zones })
  const { draft } = await read()
  expect(draft?.map.zones).toEqual(zones)
  expect(draft).toMatchObject({ base: 4, by: 'integrator of *' })
  expect(bench.journalled).toEqual([])
})

test('who did not see the newest draft is told who saved it, and overwrites nothing', async () => {
  await saved({ name: 'of the first' })
  const late = await save(0, { name: 'of the second' })
  expect(late.statusCode).toBe(409)
  expect(late.json()).toMatchObject({ code: 'conflict', detail: expect.stringContaining('integrator of *') as string })
  expect((await read()).draft?.map.name).toBe('of the first')
})

test('published, it is one act in the journal and in the audit, with the next version; the draft is gone', async () => {
  const revision = await saved({ name: 'New hall' })
  const answer = await ask('POST', `${url}/publish`, { revision })
  expect([answer.statusCode, answer.json()]).toEqual([202, { offset: 1 }])
  expect(bench.journalled).toMatchObject([
    { site: 'harbour', records: [{ kind: 'map', by: 'integrator of *', map: { version: 5, name: 'New hall' } }] },
  ])
  expect((await read()).draft).toBeNull()
  const [entry] = bench.audit.page({ limit: 1, sites: 'every' }).entries
  expect(entry).toMatchObject({
    act: `POST /api/v1/sites/:site/map/draft/publish`,
    subject: 'version 5',
    outcome: 'done',
  })
})

test('saving is not told to the audit, being refused is', async () => {
  const acts = () => bench.audit.page({ limit: 1, sites: 'every' }).entries[0]?.number
  const before = acts()
  await saved()
  expect(acts()).toBe(before)
  expect(
    (await ask('PUT', url, { seen: 0, base: 0, map: smallMap('harbour') }, 'supervisor' as 'integrator')).statusCode,
  ).toBe(403)
  expect(acts()).not.toBe(before)
})

test('when somebody else published meanwhile nothing is overwritten, and the draft stays', async () => {
  const revision = await saved({ name: 'Mine' })
  bench.house.maps.splice(0, 9, smallMap('harbour', 7))
  const answer = await ask('POST', `${url}/publish`, { revision })
  expect(answer.statusCode).toBe(409)
  expect(answer.json()).toMatchObject({ detail: 'Version 7 is in force; this draft began from 4.' })
  expect(bench.journalled).toEqual([])
  expect(await read()).toMatchObject({ inForce: 7, draft: { map: { name: 'Mine' } } })
  // Looked at and taken over, it goes on from the version in force.
  const next = await saved({ name: 'Mine' }, 7)
  expect((await ask('POST', `${url}/publish`, { revision: next })).statusCode).toBe(202)
})

test('another revision than the one that was looked at is not published', async () => {
  const looked = await saved({ name: 'one' })
  await saved({ name: 'two' })
  expect((await ask('POST', `${url}/publish`, { revision: looked })).statusCode).toBe(409)
  expect(bench.journalled).toEqual([])
})

test.each<[string, Partial<SiteMap>, string]>([
  [
    'a code that is none',
    { slots: [{ ...smallMap('harbour').slots[0], id: 'a b' } as SiteMap['slots'][number]] },
    'slots.0.id',
  ],
  ['a zone that is not there', { zones: [] }, 'slots.0.zone'],
])('%s cannot be published: the place is named', async (_name, change, path) => {
  const revision = await saved({ ...change, readPoints: [], sensors: [] })
  const answer = await ask('POST', `${url}/publish`, { revision })
  expect(answer.statusCode).toBe(400)
  expect(answer.json<{ errors: { path: string }[] }>().errors[0]?.path).toBe(path)
  expect((await read()).draft).not.toBeNull()
})

test('thrown away by who sees it; not by who sees an older one', async () => {
  const first = await saved()
  const second = await saved({ name: 'two' })
  expect((await ask('DELETE', `${url}?revision=${first}`)).statusCode).toBe(409)
  expect((await ask('DELETE', `${url}?revision=${second}`)).statusCode).toBe(200)
  expect(await read()).toEqual({ inForce: 4, draft: null })
})
