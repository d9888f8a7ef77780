import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, test } from 'vitest'
import { dataFiles, projectionNames } from '../../cloud/data-files.ts'
import { openJournal } from '../../cloud/journal/sqlite.ts'
import type { Alert, GatewayState, Page, SiteSummary } from '../../shared/api.ts'
import { canonical } from '../support/canonical.ts'
import { startWarepulse } from '../support/processes.ts'
import { gateMap, openStreet } from '../support/street.ts'
import { until } from '../support/until.ts'

/** What the night shift does with a data directory, by the commands it has. */
const site = 'night'
const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function street() {
  const opened = await openStreet(site)
  closers.push(() => opened.remove())
  const command = async (...args: string[]) => {
    const running = startWarepulse([...args, '--config', join(opened.directory, 'cloud.yaml')])
    return { code: await running.exited, output: running.output() }
  }
  return { ...opened, command }
}

test('rebuild: refused while the cloud runs, a second cloud too; afterwards everything says what it said', async () => {
  const s = await street()
  const cloud = await s.startCloud()
  await s.send('PUT', `/sites/${site}/map`, gateMap(site, 'gw-1', 'dock-1'))
  const empty = { type: 'stock', goods: { skus: ['MILK'] }, direction: 'below', limit: 1, clearAt: 1 }
  await s.send('PUT', '/rules/no-milk', { ...empty, id: 'no-milk', site, name: 'No milk', severity: 3 })
  await until('a rule on goods has read the ledger', async () =>
    (await s.get<Page<Alert>>(`/sites/${site}/alerts`)).items.some(
      ({ rule, subject }) => rule + subject === 'no-milkMILK',
    ),
  )
  await s.caughtUp()

  const refused = await s.command('rebuild', 'all')
  expect(refused).toMatchObject({ code: 1, output: expect.stringMatching(/^A cloud, or a command .*Stop it first/) })
  const second = await s.command('cloud')
  expect(second).toMatchObject({ code: 1, output: expect.stringContaining('Stop it first') })
  await cloud.stop()

  const path = (name: keyof typeof dataFiles) => join(s.dataDirectory, dataFiles[name])
  const texts = () => Promise.all(projectionNames.map((name) => canonical(name, path(name))))
  const before = await texts()
  const rebuilt = await s.command('rebuild', 'all', '--json')
  expect(rebuilt.code).toBe(0)
  expect(
    rebuilt.output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).projection),
  ).toEqual(projectionNames)
  expect(await texts()).toEqual(before)
  expect((await s.command('rebuild', 'stock')).code).toBe(2)
})

test('a projection that fails stops only itself and who waits for it, says so, and is well again after a rebuild', async () => {
  const s = await street()
  const cloud = await s.startCloud()
  await s.send('PUT', `/sites/${site}/map`, gateMap(site, 'gw-1', 'dock-1'))
  await s.caughtUp()
  const supervision = new DatabaseSync(join(s.dataDirectory, dataFiles.supervision))
  supervision.exec('DROP TABLE limits_log')
  supervision.close()

  const readyz = async () => {
    const response = await fetch(`${s.url}/readyz`)
    const body = (await response.json()) as {
      readonly troubles: readonly string[]
      readonly projections: readonly { readonly name: string; readonly lag: number }[]
    }
    return { status: response.status, ...body }
  }
  // Every map touches that table; twenty in a row that cannot be applied are no poison any more.
  for (let version = 2; version < 26; version++) {
    await s.send('PUT', `/sites/${site}/map`, { ...gateMap(site, 'gw-1', 'dock-1'), version })
  }
  const asked = { everyMs: 250 } // too many questions are refused
  const sick = await until(
    'it is found',
    async () => {
      const answer = await readyz()
      return answer.status === 503 ? answer : undefined
    },
    asked,
  )
  expect(sick.troubles.join()).toContain('supervision')
  await s.send('PUT', `/sites/${site}/map`, { ...gateMap(site, 'gw-1', 'dock-1'), version: 26 })
  await until(
    'only it stands still',
    async () => {
      const { projections } = await readyz()
      return projections.every(({ name, lag }) => (name === 'supervision' ? lag > 1 : lag <= 1))
    },
    asked,
  )
  const alerts = async () => (await s.get<Page<Alert>>(`/sites/${site}/alerts`)).items
  await until('it is an alert', async () =>
    (await alerts()).some(({ rule, subject }) => rule === 'projection-stuck' && subject === 'supervision'),
  )

  // Where a rule on goods is in force, alerts wait for the stock, and say so.
  const empty = { type: 'stock', goods: { skus: ['MILK'] }, direction: 'below', limit: 1, clearAt: 1 }
  await s.send('PUT', '/rules/no-milk', { ...empty, id: 'no-milk', site, name: 'No milk', severity: 3 })
  await until('the rule rings', async () => (await alerts()).some(({ rule }) => rule === 'no-milk'))
  const stock = new DatabaseSync(join(s.dataDirectory, dataFiles.inventory))
  stock.exec('DROP TABLE map')
  stock.close()
  for (let version = 27; version < 51; version++) {
    await s.send('PUT', `/sites/${site}/map`, { ...gateMap(site, 'gw-1', 'dock-1'), version })
  }
  const waiting = await until(
    'alerts wait',
    async () => {
      const { status, troubles } = await readyz()
      return troubles.join().includes('Rules on goods wait for the stock') ? status : undefined
    },
    asked,
  )
  expect(waiting).toBe(503)

  await cloud.stop()
  expect((await s.command('rebuild', 'supervision')).code).toBe(0)
  expect((await s.command('rebuild', 'inventory')).code).toBe(0)
  await s.startCloud()
  await s.caughtUp()
  expect((await readyz()).status).toBe(200)
  await until('the alert is over', async () =>
    (await alerts()).every(({ rule, state }) => rule !== 'projection-stuck' || state === 'cleared'),
  )
})

test('quarantine: listed and shown beside the running cloud; replayed once, when it is stopped', async () => {
  const s = await street()
  const cloud = await s.startCloud()
  await cloud.stop()
  const path = join(s.dataDirectory, dataFiles.journal)
  const journal = await openJournal({ path, clock: { now: () => 1000, monotonicMs: () => 0 }, random: Math.random })
  const address = { site, gateway: 'gw-1' }
  const epoch = 'e'.repeat(32)
  const lease = await journal.grantLease(address, epoch)
  const sample = JSON.stringify({ kind: 'measurement', at: 5000, sensor: 'cold-1', values: { temperature: 4 } })
  const quarantined = [{ sequence: 1, reason: 'schema: of an older version', sample }]
  await journal.append({ ...address, epoch, lease, first: 1, records: [null], receivedAt: 6000, quarantined })
  await journal.close()

  const again = await s.startCloud()
  await s.caughtUp()
  const { output } = await s.command('quarantine', 'list')
  expect(output).toMatch(/^\d+\.0 .* night\/gw-1 #1 {2}schema: of an older version {2}\(can be read now\)/)
  const id = output.split(' ')[0] ?? ''
  expect((await s.command('quarantine', 'show', id)).output).toContain(sample)
  expect((await s.command('quarantine', 'replay')).output).toMatch(/Stop it first/)
  await again.stop()
  for (const expected of [
    { replayed: 1, before: 0, unreadable: 0 },
    { replayed: 0, before: 1, unreadable: 0 },
  ]) {
    expect(JSON.parse((await s.command('quarantine', 'replay', '--json')).output)).toEqual(expected)
  }
  expect((await s.command('quarantine', 'list')).output.trim()).toBe('The quarantine is empty.')
  expect((await s.command('quarantine', 'show', '9.9')).code).toBe(1)
  await s.startCloud()
  await s.caughtUp()
  expect((await s.get<Page<unknown>>(`/sites/${site}/gaps`)).items).toEqual([])
})

test('a frozen gateway is shown and alarmed, and released by command beside the running cloud', async () => {
  const s = await street()
  const cloud = await s.startCloud()
  await cloud.stop()
  const path = join(s.dataDirectory, dataFiles.journal)
  const journal = await openJournal({ path, clock: { now: Date.now, monotonicMs: () => 0 }, random: Math.random })
  await journal.freeze({ site, gateway: 'gw-1' }, 'e'.repeat(32), 'two senders take turns under one name')
  await journal.close()
  await s.startCloud()
  const forked = async () => (await s.get<Page<GatewayState>>('/gateways')).items[0]?.forked?.reason
  const alert = async () => (await s.get<Page<Alert>>(`/sites/${site}/alerts`)).items[0]
  await until('it is shown', async () => (await forked()) === 'two senders take turns under one name')
  await until('it is an alert', alert)
  expect(await alert()).toMatchObject({ rule: 'gateway-forked', subject: 'gw-1', severity: 1, state: 'active' })
  expect(await s.command('gateway', 'unfork', site, 'gw-2')).toMatchObject({ code: 1 })
  expect(await s.command('gateway', 'unfork', site, 'gw-1')).toMatchObject({ code: 0 })
  await until('it is released', async () => (await forked()) === undefined && (await alert())?.state === 'cleared')
  expect((await s.command('gateway', 'unfork', site, 'gw-1')).output).toContain('is not frozen')
})

test('backup: made beside the running cloud, verified, put back; a changed byte is found', async () => {
  const s = await street()
  const cloud = await s.startCloud()
  await s.send('PUT', `/sites/${site}/map`, gateMap(site, 'gw-1', 'dock-1'))
  await s.caughtUp()
  const backup = join(s.directory, 'backup')
  expect(await s.command('backup', 'create', backup)).toMatchObject({ code: 0 })
  await s.send('PUT', `/sites/${site}/map`, { ...gateMap(site, 'gw-1', 'dock-1'), version: 2, name: 'Later' })
  const verify = async () => {
    const running = startWarepulse(['backup', 'verify', backup])
    return { code: await running.exited, output: running.output() }
  }
  expect(await verify()).toMatchObject({ code: 0, output: expect.stringContaining('is sound') })
  expect((await s.command('backup', 'restore', backup, '--replace')).output).toContain('Stop it first')
  await cloud.stop()
  expect((await s.command('backup', 'restore', backup)).output).toContain('--replace')
  expect(await s.command('backup', 'restore', backup, '--replace')).toMatchObject({ code: 0 })
  await s.startCloud()
  await s.caughtUp()
  // Accounts came back too: the token of before still is one.
  expect((await s.get<Page<SiteSummary>>('/sites')).items).toMatchObject([{ name: 'Gate test', mapVersion: 1 }])
  appendFileSync(join(backup, dataFiles.people), 'x')
  expect(await verify()).toMatchObject({ code: 1, output: expect.stringContaining('people.sqlite') })
})
