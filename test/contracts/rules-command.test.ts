import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Rule } from '../../shared/rule.ts'
import { startWarepulse } from '../support/processes.ts'
import { openStreet, type Street } from '../support/street.ts'

/** `warepulse rules` on a running cloud: out as a file, changed by hand, in again. */
const site = 'rules-test'
let street: Street
let tokenFile: string
beforeAll(async () => {
  street = await openStreet(site)
  await street.startCloud()
  tokenFile = join(street.directory, 'token')
  const token = await street.command('user', 'token', 'git', '--role', 'supervisor', '--site', site)
  await writeFile(tokenFile, token, { mode: 0o600 })
  await street.send('PUT', `/sites/${site}/map`, {
    version: 1,
    site,
    name: 'Rules',
    timeZone: 'UTC',
    width: 10,
    depth: 10,
    zones: [],
    slots: [],
    readPoints: [],
    sensors: [],
    skus: [],
  })
  await street.caughtUp()
})
afterAll(() => street.remove())

async function rules(...args: string[]): Promise<{ readonly code: number | null; readonly output: string }> {
  const running = startWarepulse(['rules', ...args, '--url', street.url, '--token-file', tokenFile])
  const code = await running.exited
  await street.caughtUp()
  return { code, output: running.output() }
}

/** Every change of a rule, made or refused, is one entry. */
async function changesAudited(): Promise<number> {
  const { entries } = JSON.parse(await street.command('audit', 'list', '--json')) as { entries: { act: string }[] }
  return entries.filter(({ act }) => act.includes('/rules/')).length
}

const inForce = async () => (await street.get<{ items: Rule[] }>('/rules')).items

test('out, changed by hand, and in: what is told is what happens, and a second time nothing does', async () => {
  const file = join(street.directory, 'rules.yaml')
  expect(await rules('export', '--site', site, '--out', file)).toMatchObject({ code: 0 })
  const first = await readFile(file, 'utf8')
  const items = await inForce()
  expect(items.length).toBeGreaterThan(2) // those that a site begins with
  const [changed, dropped, ...kept] = items.map(({ id }) => id).toSorted()

  const added = { id: 'zz-cold', site, name: 'Cold', severity: 2, type: 'clock', limitMs: 9000 }
  const wanted = items
    .filter(({ id }) => id !== dropped)
    .map((rule) => (rule.id === changed ? { ...rule, name: 'By hand' } : rule))
  const write = (list: readonly object[]) => writeFile(file, JSON.stringify({ version: 1, site, rules: list }))

  await write([...wanted, { ...added, limitMs: 1 }])
  const bad = await rules('import', file)
  expect(bad.code).toBe(3)
  expect(bad.output).toContain(`rules[${wanted.length}].limitMs`)
  expect(await inForce()).toEqual(items)

  await write([...wanted, added])
  const said = {
    new: ['zz-cold'],
    changed: [{ id: changed, fields: ['name'] }],
    same: kept,
    removed: [],
    left: [dropped],
  }
  const dry = await rules('import', file, '--dry-run', '--json')
  expect(JSON.parse(dry.output)).toEqual({ dryRun: true, ...said })
  expect(await inForce()).toEqual(items)

  expect(JSON.parse((await rules('import', file, '--json')).output)).toEqual({ dryRun: false, ...said })
  expect((await inForce()).map(({ id }) => id).toSorted()).toEqual([changed, dropped, ...kept, 'zz-cold'])
  expect((await inForce()).find(({ id }) => id === changed)?.name).toBe('By hand')

  const changes = await changesAudited()
  expect(changes).toBe(2)
  const again = await rules('import', file)
  expect(again).toMatchObject({ code: 0, output: expect.not.stringMatching(/^(new|changed|removed)/m) })
  expect(await changesAudited()).toBe(changes)

  await writeFile(file, first)
  expect((await rules('import', file, '--prune')).output).toContain('removed  zz-cold')
  expect((await rules('export', '--site', site)).output).toBe(first)
})

test('who may only look can export and not import', async () => {
  const file = join(street.directory, 'look.yaml')
  await rules('export', '--site', site, '--out', file)
  const before = await inForce()
  await writeFile(file, (await readFile(file, 'utf8')).replace(/name: .*/, 'name: Changed'))
  await writeFile(tokenFile, await street.command('user', 'token', 'look', '--role', 'viewer', '--site', site))
  const refused = await rules('import', file)
  expect(refused.code).toBe(1)
  expect(refused.output).toContain('0 were made before it')
  expect(await inForce()).toEqual(before)
})
