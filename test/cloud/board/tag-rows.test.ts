import { expect, test } from 'vitest'
import { tagRows } from '../../../cloud/board/core/tag-rows.ts'
import type { TagNow } from '../../../shared/board.ts'

const tag = (epc: string, reads = 1): TagNow => ({
  ...{ epc, sku: null, readPoint: 'dock-1.1', antenna: 1, rssiDbm: -50 },
  ...{ reads, at: reads },
})
const rows = (tags: readonly TagNow[]) => tags.map(({ epc, reads }) => `${epc} ${reads}`)

test('numbers change and rows stay; what is new stands above, what is not told is gone', () => {
  const first = tagRows([], [tag('B'), tag('A')])
  expect(rows(first)).toEqual(['B 1', 'A 1'])
  const second = tagRows(first, [tag('A', 2), tag('B')])
  expect(rows(second)).toEqual(['B 1', 'A 2'])
  expect(rows(tagRows(second, [tag('D'), tag('C'), tag('A', 3)]))).toEqual(['D 1', 'C 1', 'A 3'])
  expect(tagRows(second, [])).toEqual([])
})
