import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, test } from 'vitest'
import { openAlerts } from '../../../cloud/alerts/open.ts'
import { openInventory } from '../../../cloud/inventory/open.ts'
import type { Fact } from '../../../cloud/push/fact.ts'
import { openSupervision } from '../../../cloud/supervision/open.ts'
import type { Rule } from '../../../shared/rule.ts'
import {
  fromCloud,
  fromGateway,
  measurement,
  never,
  numbered,
  observation,
  published,
  rotterdam,
  t0,
} from '../../support/journal-entries.ts'

const folder = mkdtempSync(join(tmpdir(), 'failed-commit-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const rule: Rule = {
  id: 'warm',
  site: 'rtm',
  name: 'Too warm',
  severity: 3,
  whatToDo: '',
  enabled: true,
  type: 'threshold',
  quantity: 'temperature',
  direction: 'above',
  limit: 8,
  clearAt: 7,
  onDelayMs: 0,
}
const journal = numbered([
  published(rotterdam()),
  fromCloud([{ kind: 'rule', at: t0, by: 'kim', rule }]),
  fromGateway([observation(t0, 'shelf.1'), measurement(t0, { temperature: 9 })]),
  fromGateway([
    { kind: 'gap', fromAt: t0, toAt: t0, count: 1, reason: 'spool-full', class: 'observation' },
    observation(t0 + 1000, 'cold.1'),
    measurement(t0 + 1000, { temperature: 5 }),
  ]),
])

for (const [name, open] of [
  ['inventory', openInventory],
  ['alerts', openAlerts],
  ['supervision', openSupervision],
] as const) {
  test(`${name}: a commit that fails tells nobody, and the same entries have their effect once when it works`, async () => {
    const told: Fact[] = []
    const path = join(folder, `${name}.db`)
    const projection = await open({ path, tell: (facts) => told.push(...facts) })
    await projection.apply(journal.slice(0, 3), never)
    const before = projection.standing()
    told.length = 0

    const disk = new DatabaseSync(path)
    disk.exec("CREATE TRIGGER broken BEFORE UPDATE ON progress BEGIN SELECT RAISE(ABORT, 'broken'); END")
    await expect(projection.apply(journal, never)).rejects.toThrow('broken')
    await expect(projection.apply(journal, never)).rejects.toThrow('broken')
    expect(projection.offset).toBe(3)
    expect(told).toEqual([])
    disk.exec('DROP TRIGGER broken')
    disk.close()

    await projection.apply(journal, never)
    const straight = await open({ path: ':memory:', tell: () => undefined })
    await straight.apply(journal, never)
    expect(projection.offset).toBe(4)
    expect(projection.standing()).toEqual(straight.standing())
    expect(projection.standing()).not.toEqual(before)
    expect(told.length).toBeGreaterThan(0)
    await projection.close()
  })
}
