import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeApp } from '../../../cloud/http/app.ts'
import type { Api } from '../../../cloud/http/parts.ts'
import { type Bench, makeBench } from '../../support/http-parts.ts'

let directory: string
let bench: Bench
let app: Api

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'board-'))
  mkdirSync(join(directory, 'assets'))
  writeFileSync(join(directory, 'index.html'), '<title>board</title>')
  writeFileSync(join(directory, 'icon.svg'), '<svg/>')
  writeFileSync(join(directory, 'assets', 'main-4f2a.js'), 'run()')
  bench = makeBench()
  app = await makeApp(bench.parts, { version: '0.0.0', boardDirectory: directory })
})
afterAll(async () => {
  await app.close()
  bench.close()
  rmSync(directory, { recursive: true })
})

const immutable = 'public, max-age=31536000, immutable'
test.each([
  ['/', 200, 'no-cache', '<title>board</title>'],
  ['/?k=F3KD-9Q2M', 200, 'no-cache', '<title>board</title>'],
  ['/alerts', 200, 'no-cache', '<title>board</title>'],
  ['/find?q=bolt', 200, 'no-cache', '<title>board</title>'],
  ['/slot/A-01', 200, 'no-cache', '<title>board</title>'],
  ['/item/E200', 200, 'no-cache', '<title>board</title>'],
  ['/sensors', 200, 'no-cache', '<title>board</title>'],
  ['/icon.svg', 200, 'no-cache', '<svg/>'],
  ['/assets/main-4f2a.js', 200, immutable, 'run()'],
  ['/assets/main-old.js', 404, undefined, 'not-found'],
  ['/nothing', 404, undefined, 'not-found'],
  ['/../package.json', 404, undefined, 'not-found'],
  ['/%2e%2e/package.json', 404, undefined, ''],
])('%s', async (url, status, cacheControl, text) => {
  const answer = await app.inject(url)
  expect(answer.statusCode).toBe(status)
  expect(answer.headers['cache-control']).toBe(cacheControl)
  expect(answer.payload).toContain(text)
})

test('a board that was not built says how to build it', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'board-'))
  const bare = makeBench()
  const unbuilt = await makeApp(bare.parts, { version: '0.0.0', boardDirectory: empty })
  const answer = await unbuilt.inject('/')
  expect([answer.statusCode, answer.json<{ detail: string }>().detail]).toEqual([
    503,
    expect.stringContaining('build:board'),
  ])
  await unbuilt.close()
  bare.close()
  rmSync(empty, { recursive: true })
})
