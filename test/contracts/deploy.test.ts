import { execFileSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { checkMap } from '../../cloud/http/check-map.ts'
import { SiteMap } from '../../shared/site-map.ts'
import { startWarepulse } from '../support/processes.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

test('docker-compose accepts the file, and each service is in the profile that the page names', () => {
  const told = execFileSync('docker-compose', ['config'], { cwd: root, encoding: 'utf8' })
  const { services } = parse(told) as { services: Record<string, { profiles?: string[] }> }
  expect(Object.fromEntries(Object.entries(services).map(([name, { profiles }]) => [name, profiles ?? []]))).toEqual({
    cloud: [],
    influxdb: ['influx'],
    edge: ['edge'],
  })
})

test('the example map fits together', () => {
  const map = SiteMap.parse(JSON.parse(readFileSync(`${root}deploy/examples/map.json`, 'utf8')))
  expect(checkMap(map)).toEqual([])
})

describe('example configurations', () => {
  test.each(globSync('deploy/examples/*.yaml', { cwd: root }))('%s is valid', async (path) => {
    const check = startWarepulse(['config', 'check', `${root}/${path}`])
    expect(await check.exited, check.output()).toBe(0)
  })
})
