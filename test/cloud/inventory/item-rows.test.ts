import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openDatabase } from '../../../cloud/database/open.ts'
import { itemRowBytes } from '../../../cloud/inventory/item-row.ts'
import { idBytes, packRows } from '../../../cloud/inventory/packed-rows.ts'
import { migrations } from '../../../cloud/inventory/schema.ts'
import type { InventoryState } from '../../../cloud/inventory/state.ts'
import { openInventoryStore } from '../../../cloud/inventory/store.ts'
import type { JournalEntry } from '../../../cloud/journal/journal.ts'
import { bases } from '../../../cloud/location/evidence.ts'
import { recentCells } from '../../../cloud/location/recent.ts'
import type { KnownRecord } from '../../../shared/record.ts'
import { fromGateway, numbered, observation, published, rotterdam, t0, tick } from '../../support/journal-entries.ts'

const second = 1000
/** They take up four pages. */
const tags = 1600
const epcOf = (tag: number) => `3034257BF7194E4000${tag.toString(16).padStart(6, '0').toUpperCase()}`
const points = ['shelf.1', 'shelf.2', 'roof.1', 'cold.1', 'door.1', 'new.1']

/** What happens in one commit: tags are seen, some of them late, and now and then a reader dies or somebody scans. */
const turn = fc.record({
  sinceSeconds: fc.constantFrom(1, 5, 30, 90, 900),
  looks: fc.array(
    fc.record({
      tag: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: tags - 1 })),
      agoSeconds: fc.constantFrom(0, 0, 0, 2, 20, 4000, 8 * 86_400),
      point: fc.constantFrom(...points),
      level: fc.integer({ min: -75, max: -45 }),
      count: fc.integer({ min: 1, max: 3 }),
    }),
    { maxLength: 60 },
  ),
  own: fc.constantFrom(undefined, undefined, 'put', 'out', 'down', 'up', 'all'),
})

function journalOf(
  turns: readonly (typeof turn extends fc.Arbitrary<infer T> ? T : never)[],
): readonly JournalEntry[][] {
  let now = t0
  const everyone = () => Array.from({ length: tags }, (_, tag) => observation(now, 'shelf.1', epcOf(tag), 2))
  const portions: JournalEntry[][] = [[published(rotterdam()), fromGateway(everyone(), { recordedAt: now })]]
  for (const { sinceSeconds, looks, own } of turns) {
    now += sinceSeconds * second
    const records: KnownRecord[] = looks.map(({ tag, agoSeconds, point, level, count }) => ({
      ...observation(now - agoSeconds * second, point, epcOf(tag), count),
      peakRssiDbm: level,
    }))
    if (own === 'put') records.push({ kind: 'scan', at: now, slot: 'A-2', codes: [epcOf(1)], action: 'put' })
    if (own === 'out') {
      records.push({
        ...{
          kind: 'passage',
          at: now,
          readPoint: 'door.1',
          epc: epcOf(2),
          direction: 'out',
          confidence: 0.9,
          count: 4,
        },
      })
    }
    if (own === 'up' || own === 'down') records.push({ kind: 'device', at: now, device: 'shelf', state: own })
    if (own === 'all') records.push(...everyone())
    portions.push([fromGateway(records, { recordedAt: now }), tick(now)])
  }
  const entries = numbered(portions.flat())
  let from = 0
  return portions.map(({ length }) => {
    from += length
    return entries.slice(from - length, from)
  })
}

/** Every number that is known of items, and of what antennas have made of them. */
function known(state: InventoryState) {
  return state.items.map((item) => {
    const { epc, skus, sites, reads, place, since, basis, count, sureness, decidedAt, lastSeenAt, readPoint } = item
    const { seenPlace, lostAt, foldedAt, staleFrom } = item
    const { cells, start } = state.tracks.of(item.id)
    return {
      ...{ epc, skus, sites, reads, place, since, basis, count, sureness, decidedAt, lastSeenAt, readPoint },
      ...{ seenPlace, lostAt, foldedAt, staleFrom },
      cells: Array.from(cells.subarray(start, start + recentCells)),
    }
  })
}

test('after a restart at any commit items and tracks are what they were, number by number, however often pages are written', () => {
  fc.assert(
    fc.property(
      fc.array(turn, { minLength: 1, maxLength: 25 }),
      fc.constantFrom(1, 100, 1500, 1e9),
      fc.array(fc.boolean(), { minLength: 26, maxLength: 26 }),
      (turns, changesPerCycle, restarts) => {
        const database = openDatabase({ path: ':memory:', migrations, durability: 'normal' })
        let store = openInventoryStore(database, 30, changesPerCycle)
        let { state } = store.load()
        for (const [index, entries] of journalOf(turns).entries()) {
          store.commit(state, entries, entries.at(-1)?.offset ?? 0)
          if (restarts[index] !== true && index !== turns.length) continue
          store = openInventoryStore(database, 30, changesPerCycle)
          const loaded = store.load().state
          expect(known(loaded)).toEqual(known(state))
          state = loaded
        }
        database.close()
      },
    ),
    { numRuns: 8 },
  )
}, 60_000)

test('a file of before has items and tracks as rows of one width, which are read as they were', () => {
  const database = openDatabase({ path: ':memory:', migrations, durability: 'normal' })
  const store = openInventoryStore(database, 30)
  const { state } = store.load()
  for (const entries of journalOf(fc.sample(turn, { numRuns: 10, seed: 7 }))) {
    store.commit(state, entries, entries.at(-1)?.offset ?? 0)
  }
  const { names } = store
  const itemRow = (id: number, row: DataView, start: number) => {
    const item = state.items[id - 1]
    if (item === undefined) return
    const { staleFrom, since, lostAt, lastSeenAt, decidedAt, foldedAt, reads, sureness } = item
    const numbers = [staleFrom, since, lostAt, lastSeenAt, decidedAt, foldedAt, 0, 0, reads, sureness]
    for (const [index, number] of numbers.entries()) row.setFloat64(start + index * 8, number, true)
    const { place, seenPlace, readPoint, sites, skus, count, basis } = item
    const words = [readPoint, sites, skus].map(names.idOf)
    const references = [place?.id ?? 0, seenPlace?.id ?? 0, 0, 0, ...words, count]
    for (const [index, reference] of references.entries()) row.setUint32(start + 80 + index * 4, reference, true)
    row.setUint8(start + 116, bases.indexOf(basis))
  }
  const trackRow = (id: number, row: DataView, start: number) => {
    const { cells, start: first } = state.tracks.of(id)
    for (let cell = 0; cell < recentCells; cell += 1) row.setFloat64(start + cell * 8, cells[first + cell] ?? 0, true)
  }
  const ids = state.items.map(({ id }) => id)
  const halves = [ids.slice(0, 800), ids.slice(800)]
  database.exec('DELETE FROM item_log; DELETE FROM item_page; DELETE FROM track_page')
  const putPage = database.prepare('INSERT INTO item_page (id, as_of, rows) VALUES (?, 0, ?)')
  const putTracks = database.prepare('INSERT INTO track_page (id, rows) VALUES (?, ?)')
  const log = database.prepare('INSERT INTO item_log (kind, rows) VALUES (?, ?)')
  const [paged = [], logged = []] = halves
  putPage.run(0, packRows(paged, idBytes + itemRowBytes, itemRow))
  putTracks.run(0, packRows(paged, idBytes + recentCells * 8, trackRow))
  log.run('item', packRows(logged, idBytes + itemRowBytes, itemRow))
  log.run('track', packRows(logged, idBytes + recentCells * 8, trackRow))
  expect(known(openInventoryStore(database, 30).load().state)).toEqual(known(state))
  database.close()
})
