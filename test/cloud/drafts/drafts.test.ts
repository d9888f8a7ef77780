import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDrafts } from '../../../cloud/drafts/open.ts'
import { temporaryDirectory } from '../../support/journal.ts'
import { smallMap } from '../../support/warehouse.ts'

const at = Date.parse('2026-03-01T10:00:00Z')
const draft = (name: string) => ({ base: 1, by: 'ines', at, map: { ...smallMap('harbour'), name } })

test('a draft is there after a restart; whoever did not see the newest overwrites nothing', async () => {
  const path = join(temporaryDirectory(), 'drafts.sqlite')
  const before = openDrafts(path)
  expect(before.map('harbour')).toBeUndefined()
  const first = before.keepMap('harbour', 0, draft('one'))
  expect(before.keepMap('harbour', 0, draft('of somebody who saw none'))).toBe('stale')
  before.close()
  before.close()

  const after = openDrafts(path)
  expect(after.map('harbour')).toEqual({ ...draft('one'), at: '2026-03-01T10:00:00.000Z', revision: first })
  expect(after.map('elsewhere')).toBeUndefined()
  const second = after.keepMap('harbour', Number(first), draft('two'))
  expect(second).toBeGreaterThan(Number(first))
  expect(after.dropMap('harbour', Number(first))).toBe(false)
  expect(after.map('harbour')?.map.name).toBe('two')
  expect(after.dropMap('harbour', Number(second))).toBe(true)
  expect(after.map('harbour')).toBeUndefined()
  after.close()
})
