import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSeries, SeriesConfig } from '../../../cloud/series/catalogue.ts'

const clock = { now: () => 0, monotonicMs: () => 0 }
const url = 'http://127.0.0.1:1'
let directory: string
let secretFile: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'warepulse-series-'))
  secretFile = join(directory, 'secret')
  writeFileSync(secretFile, 'a-secret\n')
})
afterAll(() => rmSync(directory, { recursive: true }))

describe('which store a configuration opens', () => {
  for (const [name, config, kind] of [
    ['nothing', () => ({}), 'sqlite'],
    ['a url', () => ({ influx: { url } }), 'influx1'],
    [
      '1.x with a password',
      () => ({ influx: { version: 1, url, username: 'u', passwordFile: secretFile } }),
      'influx1',
    ],
    ['2.x', () => ({ influx: { version: 2, url, org: 'o', bucket: 'b', tokenFile: secretFile } }), 'influx2'],
  ] as const) {
    test(name, async () => {
      const { store } = await openSeries(SeriesConfig.parse(config()), directory, clock)
      expect(store.kind).toBe(kind)
      await store.close()
    })
  }
})

describe('refused', () => {
  for (const [name, config, path] of [
    ['a typo', { inflox: { url } }, ''],
    ['a key of 2.x in 1.x', { influx: { url, bucket: 'b' } }, 'influx'],
    ['2.x without a token', { influx: { version: 2, url, org: 'o', bucket: 'b' } }, 'influx.tokenFile'],
    ['something that is no http url', { influx: { url: 'localhost:8086' } }, 'influx.url'],
    ['a password in the url', { influx: { url: 'http://u:p@127.0.0.1:8086' } }, 'influx.url'],
    ['a version nobody made', { influx: { version: 4, url } }, 'influx.version'],
  ] as const) {
    test(name, () => {
      const { error } = SeriesConfig.safeParse(config)
      expect(error?.issues[0]?.path.join('.')).toBe(path)
    })
  }

  test('a secret that cannot be read, by the key that names it', async () => {
    const config = SeriesConfig.parse({ influx: { url, username: 'u', passwordFile: join(directory, 'absent') } })
    await expect(openSeries(config, directory, clock)).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining('series.influx.passwordFile'),
    })
  })
})

test('another server or database has an offset of its own, so it is filled from the journal', async () => {
  const paths = new Set<string>()
  for (const influx of [{ url }, { url: 'http://127.0.0.1:2' }, { url, database: 'other' }]) {
    const { store, offsetPath } = await openSeries(SeriesConfig.parse({ influx }), directory, clock)
    paths.add(offsetPath)
    await store.close()
  }
  expect(paths.size).toBe(3)
})
