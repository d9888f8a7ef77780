import { expect, test } from 'vitest'
import { openEars } from '../../../cloud/push/ears.ts'
import type { BoardReads } from '../../../shared/board.ts'

const dock1 = { gateway: 'gw', reader: 'dock-1' }
const dock2 = { gateway: 'gw', reader: 'dock-2' }
const reads = (reader: string, more = 0, site = 'dc'): BoardReads => ({ site, gateway: 'gw', reader, tags: [], more })

/** Boards by name; who stands in `frozen` reads nothing. */
function house(mostReaders = 8) {
  const got: string[] = []
  const wanted: string[] = []
  const frozen = new Set<string>()
  const ears = openEars<string>({
    mostReaders,
    wanted: (all) => wanted.push(all.map(({ site, reader }) => `${site}/${reader}`).join(' ')),
    write(board, frame) {
      if (frozen.has(board)) return false
      const text = frame.toString()
      const [, told] = JSON.parse(text.slice(text.indexOf('['))) as [string, BoardReads]
      got.push(`${board}: ${told.reader} ${told.more}`)
      return true
    },
  })
  return { ears, got, wanted, frozen }
}

test('each board gets its readers; they are wanted from the first to the last who listens', () => {
  const { ears, got, wanted } = house()
  ears.listen('a', 'dc', [dock1])
  ears.listen('b', 'dc', [dock1, dock2])
  ears.reads([reads('dock-1', 1), reads('dock-2', 2), reads('dock-1', 9, 'elsewhere'), reads('dock-3', 9)])
  expect(got).toEqual(['a: dock-1 1', 'b: dock-1 1', 'b: dock-2 2'])
  ears.leave('a')
  ears.listen('b', 'dc', [])
  ears.leave('b')
  ears.reads([reads('dock-1', 3)])
  expect(got).toHaveLength(3)
  expect(wanted).toEqual(['dc/dock-1', 'dc/dock-1 dc/dock-2', ''])
})

test('who comes later gets at once what the others have', () => {
  const { ears, got } = house()
  ears.listen('a', 'dc', [dock1])
  ears.reads([reads('dock-1', 5)])
  ears.listen('b', 'dc', [dock1])
  ears.listen('b', 'dc', [dock1])
  expect(got).toEqual(['a: dock-1 5', 'b: dock-1 5'])
})

test('one that does not read holds nobody up, and gets the newest when it reads again', () => {
  const { ears, got, frozen } = house()
  frozen.add('slow')
  for (const board of ['slow', 'quick']) ears.listen(board, 'dc', [dock1])
  for (const more of [1, 2, 3]) ears.reads([reads('dock-1', more)])
  ears.catchUp()
  frozen.clear()
  ears.catchUp()
  ears.catchUp()
  expect(got).toEqual(['quick: dock-1 1', 'quick: dock-1 2', 'quick: dock-1 3', 'slow: dock-1 3'])
})

test('of more readers than the server listens to, those stay that are there', () => {
  const { ears, wanted } = house(1)
  expect([ears.listen('a', 'dc', [dock1]), ears.listen('b', 'dc', [dock2]), ears.listen('b', 'dc', [dock1])]).toEqual([
    true,
    false,
    true,
  ])
  ears.leave('b')
  // Its own place counts as free.
  expect(ears.listen('a', 'dc', [dock2])).toBe(true)
  expect(wanted).toEqual(['dc/dock-1', 'dc/dock-2'])
})
