import { afterEach, expect, test } from 'vitest'
import type { JournalEntry } from '../../../cloud/journal/journal.ts'
import { Tail } from '../../../cloud/journal/tail.ts'
import { type Listened, type Listening, listenToReaders } from '../../../cloud/threads/journal/listen.ts'
import type { BoardReads } from '../../../shared/board.ts'
import { until } from '../../support/until.ts'

const at = Date.UTC(2026, 2, 1)
const dock1 = { site: 'dc', gateway: 'gw', reader: 'dock-1' }

/** A journal that is an array, and counts how often it is looked at. */
function openListening() {
  const entries: JournalEntry[] = []
  const tail = new Tail(0)
  const told: BoardReads[] = []
  const counted = { reads: 0, waits: 0 }
  const listening = listenToReaders({
    journal: {
      get tail() {
        return tail.offset
      },
      async read(after, most) {
        counted.reads++
        return entries.slice(after, after + most)
      },
      waitBeyond(after, signal) {
        counted.waits++
        return tail.waitBeyond(after, signal)
      },
    },
    map: () => undefined,
    skuOf: (epc) => (epc === 'AA' ? 'BOLT-8' : null),
    tell: (reads) => told.push(...reads),
    everyMs: 5,
  })
  return {
    listening,
    told,
    counted,
    append(readPoint: string, epc: string, change: { site?: string; gateway?: string; late?: boolean } = {}) {
      const offset = entries.length + 1
      const records = [{ kind: 'observation' as const, at, firstAt: at, readPoint, epc, count: 1 }, null]
      const source = { site: 'dc', gateway: 'gw', late: false, epoch: 'e', first: offset, ...change }
      entries.push({ origin: 'gateway', offset, recordedAt: at, ...source, records })
      tail.advance(offset)
    },
  }
}

const open: Listening[] = []
const start = (...readers: readonly Listened[]) => {
  const house = openListening()
  open.push(house.listening)
  if (readers.length > 0) house.listening.listen(readers)
  return house
}
const epcsOf = ({ tags }: BoardReads) => tags.map(({ epc }) => epc)
afterEach(() => {
  for (const listening of open.splice(0)) {
    listening.close()
    listening.close()
  }
})

test('while nobody listens the journal is neither read nor waited for', () => {
  const { append, counted, listening } = start()
  append('dock-1.1', 'AA')
  listening.listen([])
  append('dock-1.1', 'AB')
  expect(counted).toEqual({ reads: 0, waits: 0 })
})

test('who listens is told from then on, of this reader only, and nothing that came late', async () => {
  const house = start()
  house.append('dock-1.1', 'before')
  house.listening.listen([dock1])
  house.append('dock-2.1', 'of another reader')
  house.append('dock-1.1', 'of another site', { site: 'elsewhere' })
  house.append('dock-1.1', 'of another gateway', { gateway: 'gw-2' })
  house.append('dock-1.1', 'of another time', { late: true })
  house.append('dock-1.1', 'AA')
  await until('it is told', () => house.told.length > 0)
  expect(house.told).toMatchObject([{ ...dock1, tags: [{ epc: 'AA', sku: 'BOLT-8', reads: 1 }], more: 0 }])
})

test('who comes later does not make the first begin anew; who left is told no more', async () => {
  const house = start(dock1)
  house.append('dock-1.1', 'AA')
  await until('it is told', () => house.told.length === 1)
  const all = { ...dock1, reader: null }
  house.listening.listen([dock1, all])
  house.append('dock-1.2', 'AB')
  await until('both are told', () => house.told.length === 3)
  expect(house.told.slice(1).map(epcsOf)).toEqual([['AB', 'AA'], ['AB']])
  house.listening.listen([all])
  house.append('dock-1.1', 'AC')
  await until('the other is told', () => house.told.length === 4)
  expect(house.told[3]).toMatchObject({ reader: null, tags: [{ epc: 'AC' }, { epc: 'AB' }] })
  house.listening.listen([])
  const { reads, waits } = house.counted
  house.append('dock-1.1', 'AD')
  await new Promise((resolve) => setImmediate(resolve))
  expect(house.counted).toEqual({ reads, waits })
  expect(house.told).toHaveLength(4)
})

test('left and taken up again at once, it is told once', async () => {
  const house = start(dock1)
  house.listening.listen([])
  house.listening.listen([dock1])
  house.append('dock-1.1', 'AA')
  await until('it is told', () => house.told.length > 0)
  house.append('dock-1.1', 'AB')
  await until('and again', () => house.told.length > 1)
  expect(house.told.map(epcsOf)).toEqual([['AA'], ['AB', 'AA']])
})
