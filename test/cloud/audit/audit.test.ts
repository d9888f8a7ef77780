import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Act } from '../../../cloud/audit/act.ts'
import { openAudit } from '../../../cloud/audit/open.ts'
import { temporaryDirectory } from '../../support/journal.ts'

const act: Act = {
  at: 1_700_000_000_000,
  who: 'mia',
  via: 'session',
  from: '192.0.2.7',
  act: 'PUT /api/v1/sites/:site/map',
  site: 'harbour',
  subject: '',
  outcome: 'done',
  detail: null,
}

function log(count: number) {
  const path = join(temporaryDirectory(), 'audit.sqlite')
  const audit = openAudit(path)
  onTestFinished(() => audit.close())
  for (let i = 1; i <= count; i += 1) audit.append({ ...act, at: act.at + i, subject: `s${i}` })
  const sql = (statement: string) => {
    const database = new DatabaseSync(path)
    try {
      database.exec(statement)
    } finally {
      database.close()
    }
  }
  return { path, audit, sql }
}

describe('append-only', () => {
  test.each(["UPDATE entry SET who = 'x' WHERE number = 2", 'DELETE FROM entry WHERE number = 2', 'DELETE FROM entry'])(
    '%s is refused by the file itself',
    (statement) => {
      const { audit, sql } = log(3)
      expect(() => sql(statement)).toThrow('append-only')
      expect(audit.verify()).toMatchObject({ whole: true, entries: 3 })
    },
  )
})

describe('who takes the triggers away', () => {
  const free = 'DROP TRIGGER no_update; DROP TRIGGER no_delete;'
  test.each([
    ['and changes who did it', "UPDATE entry SET who = 'nobody' WHERE number = 2", 2],
    ['and changes when', 'UPDATE entry SET at = at + 1 WHERE number = 3', 3],
    ['and changes the site', "UPDATE entry SET site = 'elsewhere' WHERE number = 1", 1],
    ['and takes one out', 'DELETE FROM entry WHERE number = 2', 2],
    ['and takes the first out', 'DELETE FROM entry WHERE number = 1', 1],
    ['and cuts off the end', 'DELETE FROM entry WHERE number >= 4', 4],
    ['and empties it', 'DELETE FROM entry', 1],
    [
      'and swaps two',
      'UPDATE entry SET number = 99 WHERE number = 2; UPDATE entry SET number = 2 WHERE number = 3; UPDATE entry SET number = 3 WHERE number = 99',
      2,
    ],
  ])('%s', (_name, statement, number) => {
    const { audit, sql } = log(5)
    sql(`${free}${statement}`)
    expect(audit.verify()).toMatchObject({ whole: false, number })
  })

  test('and writes everything anew is found by the head that was noted elsewhere', () => {
    const { audit } = log(5)
    const { audit: other } = log(0)
    for (let i = 1; i <= 5; i += 1) other.append({ ...act, at: act.at + i, who: 'eve', subject: `s${i}` })
    const [was, is] = [audit.verify(), other.verify()]
    if (!was.whole || !is.whole) throw new Error('both are whole in themselves')
    expect(is.head).not.toBe(was.head)
  })
})

test('two processes write by turns: one chain', () => {
  const { path, audit } = log(2)
  const other = openAudit(path)
  onTestFinished(() => other.close())
  for (let i = 0; i < 10; i += 1) (i % 2 === 0 ? other : audit).append(act)
  expect(audit.verify()).toMatchObject({ whole: true, entries: 12 })
})

test('pages, newest first, and only of the sites asked for', () => {
  const { audit } = log(5)
  audit.append({ ...act, site: null, act: 'user token' })
  audit.append({ ...act, site: 'elsewhere' })
  const numbers = (page: ReturnType<typeof audit.page>) => [page.entries.map(({ number }) => number), page.next]
  expect(numbers(audit.page({ limit: 3, sites: 'every' }))).toEqual([[7, 6, 5], 5])
  expect(numbers(audit.page({ limit: 9, before: 5, sites: 'every' }))).toEqual([[4, 3, 2, 1], undefined])
  expect(numbers(audit.page({ limit: 9, sites: ['elsewhere'] }))).toEqual([[7], undefined])
  expect(numbers(audit.page({ limit: 2, sites: ['harbour'] }))).toEqual([[5, 4], 4])
  expect(numbers(audit.page({ limit: 2, sites: [] }))).toEqual([[], undefined])
})

test('a stranger cannot write lines of their own, nor fill the disk', () => {
  const { audit } = log(0)
  const { who, detail } = audit.append({ ...act, who: 'x\n1970 all is well\u001b[2J', detail: 'y'.repeat(100_000) })
  expect(who).toBe('x\uFFFD1970 all is well\uFFFD[2J')
  expect(detail).toHaveLength(512)
})
