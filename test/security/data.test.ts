import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { topicOf } from '../../shared/wire.ts'
import { openBoardPage } from '../support/board-page.ts'
import { startInfluxServer } from '../support/influxdb.ts'
import { epochA } from '../support/journal.ts'
import { Sender } from '../support/sender.ts'
import { until } from '../support/until.ts'
import { smallMap } from '../support/warehouse.ts'
import { type House, openHouse } from './house.ts'

/** What gateways with a good credential may say, and people may write, that is meant to harm. */

let house: House
let influx: Awaited<ReturnType<typeof startInfluxServer>>
beforeAll(async () => {
  influx = await startInfluxServer()
  house = await openHouse({ series: { influx: { version: 1, url: influx.url, database: 'security' } } })
  await house.street.send('PUT', '/sites/north/map', smallMap('north'))
})
afterAll(async () => {
  await house.close()
  await influx.stop()
})

const measurement = (sensor: string, extra: object = {}) => ({
  kind: 'measurement',
  at: Date.now(),
  sensor,
  values: { temperature: 4.5 },
  ...extra,
})

async function says(gateway: 'a' | 'b', records: readonly object[]): Promise<Sender> {
  const sender = new Sender(house.street.brokerUrl, { site: 'north', gateway }, house.secrets[gateway], () => records)
  onTestFinished(() => void sender.client?.end(true))
  expect(await sender.greet()).toBe(true)
  const goal = sender.committed + records.length
  sender.send(sender.committed + 1, records.length)
  await until('it is acknowledged', () => sender.committed >= goal)
  return sender
}

/** Points of these sensors in InfluxDB. */
async function pointsOf(text: string): Promise<string> {
  const query = new URLSearchParams({ db: 'security', q: `SELECT * FROM /.*/ WHERE source =~ /${text}/` })
  return (await fetch(`${influx.url}/query?${query}`)).text()
}

test('S11 a payload that names another site and gateway: what counts is who sent it', async () => {
  const sender = await says('a', [
    { ...measurement('mine'), site: 'south', gateway: 'b', tenant: 'x' },
    { ...measurement('mine'), at: Date.now() + 1, address: { site: 'south', gateway: 'b' } },
  ])
  sender.client?.end(true)
  const gateways = await house.street.get<{ items: { site: string; gateway: string }[] }>('/gateways')
  expect(new Set(gateways.items.map(({ site }) => site))).toEqual(new Set(['north']))
  await house.street.caughtUp()
  expect(await pointsOf('mine')).not.toContain('south')
})

test('S12 a batch that is sent again, by whoever has the credential: counted once', async () => {
  const epc = 'E2DDDD000001'
  const read = (at: number) => ({ kind: 'observation', at, firstAt: at, readPoint: 'A', epc, count: 7 })
  const sender = await says('b', [read(Date.now() - 5), read(Date.now())])
  const first = sender.committed - 1
  for (let i = 0; i < 20; i += 1) sender.send(first, 2)
  await house.street.caughtUp()
  const history = await house.street.get<{ items: unknown[] }>(`/items/${epc}/history`)
  const before = history.items.length
  sender.client?.end(true)
  const again = new Sender(house.street.brokerUrl, { site: 'north', gateway: 'b' }, house.secrets.b, () => [
    read(1),
    read(2),
  ])
  await again.greet()
  again.send(first, 2)
  await until('it is acknowledged', () => again.committed >= first + 1)
  again.client?.end(true)
  await house.street.caughtUp()
  expect((await house.street.get<{ items: unknown[] }>(`/items/${epc}/history`)).items).toHaveLength(before)
  expect(await house.street.get(`/sites/north/items/${epc}/evidence`)).toMatchObject({ weighed: 2, state: 'unknown' })
})

describe('S18 what a gateway is told', () => {
  test('only the cloud can say it: on the config topic of another a gateway is thrown out', async () => {
    const sender = await says('a', [measurement('s18')])
    sender.client?.publish(topicOf({ site: 'north', gateway: 'b' }, 'config'), '{"version":999}', { qos: 1 })
    await until('it is thrown out', () => sender.client?.connected === false)
    expect((await house.audit()).find(({ act }) => act === 'mqtt publish')?.detail).toContain('/b/config')
  })
})

describe('S26 names and values that would break a line of InfluxDB', () => {
  test.each([
    ['a line end', 'evil\nhacked,sensor=x value=1'],
    ['a comma and an equals sign', 'evil,tag=x'],
    ['a space', 'evil name'],
    ['a trailing backslash', 'evil\\'],
    ['a quote', 'evil"'],
    ['an emoji', 'evil😈'],
    ['64 kB', `evil${'x'.repeat(65_536)}`],
    ['nothing', ''],
    ['a null byte', 'evil\0'],
  ])('a sensor with %s: quarantined with its reason, and no point at all', async (_name, sensor) => {
    const sender = await says('a', [measurement(sensor)])
    sender.client?.end(true)
    await house.street.caughtUp()
    expect(await pointsOf('evil')).not.toContain('values')
    expect(await pointsOf('x$')).not.toContain('hacked')
  })

  test.each([
    ['a name of a quantity that is none', { values: { 'temp,x=1 y=2\n': 1 } }],
    ['a value that is text', { values: { temperature: '4"\nhacked v=1' } }],
    ['an EPC with a line end', { kind: 'observation', firstAt: 1, readPoint: 'A', epc: 'E2\nhacked v=1', count: 1 }],
  ])('%s: not a point beyond the good ones', async (_name, extra) => {
    const sender = await says('a', [measurement('harmless', extra), { ...measurement('witness'), at: Date.now() }])
    sender.client?.end(true)
    await house.street.caughtUp()
    const measurements = await (await fetch(`${influx.url}/query?db=security&q=SHOW+MEASUREMENTS`)).text()
    expect(measurements).not.toContain('hacked')
    await until('the witness is there', async () => (await pointsOf('witness')).includes('values'))
  })
})

test('S27 a gateway that makes up sensors without end: the budget of the site ends it, an alert says so, and others go on', async () => {
  const other = await openHouse({ series: { seriesPerSite: 40 } })
  onTestFinished(() => other.close())
  await other.street.send('PUT', '/sites/north/map', smallMap('north'))
  const { street } = other
  const say = async (gateway: 'a' | 'b', recordsOf: (n: number) => object, count: number) => {
    const sender = new Sender(street.brokerUrl, { site: 'north', gateway }, other.secrets[gateway], (first, many) =>
      Array.from({ length: many }, (_, i) => recordsOf(first + i)),
    )
    await sender.greet()
    const goal = sender.committed + count
    while (sender.committed < goal) {
      const next = sender.committed + 1
      sender.send(next, Math.min(500, goal - next + 1))
      await until('it is taken', () => sender.committed >= Math.min(next + 499, goal))
    }
    sender.client?.end(true)
    await street.caughtUp()
  }
  const startedAt = Date.now() - 60_000
  const honest = (n: number) => ({ ...measurement(`cold-${n % 5}`), at: startedAt + n })
  await say('b', honest, 20)
  await say('a', (n) => ({ ...measurement(`made-up-${n}`), at: startedAt + n }), 5000)
  await say('b', honest, 20)
  const valuesOf = async (sensor: string) =>
    (
      await street.get<{ points: unknown[] }>(
        `/sites/north/series?sensor=${sensor}&quantity=temperature&every=raw&from=${new Date(startedAt).toISOString()}`,
      )
    ).points.length
  expect(await valuesOf('cold-1')).toBe(8)
  expect(await valuesOf('made-up-4900')).toBe(0)
  await until('an alert says so', async () => {
    const alerts = await street.get<{ items: { rule: string }[] }>('/sites/north/alerts?state=open')
    return alerts.items.some(({ rule }) => rule === 'series-budget')
  })
})

describe('S28 text that is a program elsewhere', () => {
  const script = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'

  test('on the board it is text, and the page runs nothing that is not its own', async () => {
    await house.street.send('PUT', '/sites/north/map', {
      ...smallMap('north', 2),
      name: script,
      zones: smallMap('north').zones.map((zone) => ({ ...zone, name: script })),
    })
    await house.street.send('POST', '/rules', {
      type: 'threshold',
      id: 'xss',
      site: 'north',
      name: script,
      severity: 1,
      whatToDo: script,
      quantity: 'temperature',
      direction: 'above',
      limit: 1,
      clearAt: 0,
    })
    const sender = await says('a', [measurement('warm'), { ...measurement('warm'), at: Date.now() + 5 }])
    sender.client?.end(true)
    const board = await openBoardPage(await house.street.signInLink())
    onTestFinished(() => board.close())
    await board.untilLive()
    for (const path of ['/alerts', '/find', '/sensors', '/gateways', '/']) {
      await board.go(path).catch(() => board.page.goto(`${house.street.url}${path}`))
      await board.page.waitForTimeout(300)
    }
    await until('it is shown', async () => (await board.page.content()).includes('&lt;img src=x'))
    expect(await board.page.evaluate('window.hacked')).toBeUndefined()
    expect(await board.page.locator('img[onerror]').count()).toBe(0)
    const policy = (await fetch(house.street.url)).headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(/script-src 'self'(?:;|$)/)
    expect(policy).not.toMatch(/unsafe-inline|unsafe-eval/)
  })
})

describe('S29 the disk of the cloud', () => {
  test('and its backup hold no secret: hashes only, and files for their owner', async () => {
    const token = (await house.street.command('user', 'token', 'disk', '--role', 'admin')).trim()
    const key = new URL(await house.street.signInLink()).searchParams.get('k') ?? ''
    const backup = join(house.street.directory, 'backup')
    await house.street.command('backup', 'create', backup)
    const needles = [house.secrets.a, house.secrets.b, token, key, key.replaceAll('-', '')]
    for (const directory of [house.street.dataDirectory, backup]) {
      for (const needle of needles) {
        const found = (() => {
          try {
            return execFileSync('grep', ['-rlF', needle, directory], { encoding: 'utf8' })
          } catch {
            return ''
          }
        })()
        expect(found).toBe('')
      }
    }
    expect(readdirSync(house.street.dataDirectory).length).toBeGreaterThan(3)
  })
})

describe('S34 what it is made of', () => {
  const root = new URL('../../', import.meta.url)
  const read = (name: string) => readFileSync(new URL(name, root), 'utf8')

  test('every package is pinned, from the lock file, with its hash', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>
    for (const version of Object.values({ ...dependencies, ...devDependencies }))
      expect(version).toMatch(/^\d+\.\d+\.\d+/)
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { integrity?: string; link?: boolean }>
    }
    const without = Object.entries(packages).filter(
      ([name, { integrity, link }]) => name !== '' && !integrity && link !== true,
    )
    expect(without.map(([name]) => name)).toEqual([])
  })

  test('CI asks for known weaknesses of what is shipped, and says whom to tell of new ones', () => {
    expect(read('.ci/run')).toMatch(/npm audit --omit=dev/)
    expect(read('SECURITY.md')).toMatch(/privately/)
    expect(statSync(new URL('SECURITY.md', root)).size).toBeGreaterThan(300)
  })

  test('the parts list is CycloneDX, of production alone', () => {
    const sbom = JSON.parse(
      execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only'], {
        cwd: root,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        maxBuffer: 64 * 1024 * 1024,
      }),
    ) as { bomFormat: string; components: { name: string }[] }
    expect(sbom.bomFormat).toBe('CycloneDX')
    const names = sbom.components.map(({ name }) => name)
    expect(names).toContain('fastify')
    expect(names).not.toContain('vitest')
  })
})

test(`epoch ${epochA.slice(0, 4)}…: the process is the one that was started, and has no complaint of a bug`, () => {
  expect(house.cloud.output()).not.toMatch(/unhandled|uncaught|"code":"internal"/i)
})
