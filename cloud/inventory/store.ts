import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { Observation, Passage } from '../../shared/record.ts'
import { SiteMap } from '../../shared/site-map.ts'
import { transaction } from '../database/open.ts'
import type { JournalEntry } from '../journal/journal.ts'
import { openPlaces } from '../location/place.ts'
import { hasExpired } from '../location/reader-health.ts'
import { hourOf } from './advance.ts'
import { openBaseRows } from './base-rows.ts'
import { rebook } from './book.ts'
import { type EvidenceRows, openEvidenceRows } from './evidence-rows.ts'
import { fold } from './fold.ts'
import type { Names } from './item-row.ts'
import { openItemRows } from './item-rows.ts'
import { openLearned, type Seen } from './learned.ts'
import { type Ledger, openLedger } from './ledger.ts'
import { openPackedRows } from './packed-rows.ts'
import { openPackingRows, type PackingRows } from './packing-rows.ts'
import { adopt } from './publish.ts'
import { openReaderRows } from './reader-rows.ts'
import { settle } from './settle.ts'
import { readSite, writeSite } from './site-row.ts'
import { type Changes, emptyState, type InventoryState, itemOf, noChanges, siteOf } from './state.ts'
import { openUntaggedRows, type UntaggedRows } from './untagged-rows.ts'
import { judgedToBy, tooLateMs, watchLoaded } from './weigh.ts'

/** The file behind the memory. */
export interface InventoryStore {
  readonly ledger: Ledger
  readonly evidence: EvidenceRows
  readonly names: Names
  readonly packings: PackingRows
  readonly untagged: UntaggedRows
  /** Everything as of the last commit. */
  load(): { readonly state: InventoryState; readonly offset: number }
  /**
   * Folds the entries, and writes what changed and the offset, in one transaction. After it threw, memory and file
   * differ: load again.
   */
  commit(state: InventoryState, entries: readonly JournalEntry[], offset: number): Changes
}

const dayMs = 86_400_000
const tagsAtOnce = 4096
const Count = z.object({ count: z.int() })
const Progress = z.object({ offset: z.int(), now: z.int() })
const NameRow = z.object({ id: z.int(), name: z.string() })
const PlaceRow = z.object({
  site: z.string(),
  zone: z.string().nullable(),
  slot: z.string().nullable(),
  departed: z.int(),
})
const SiteRow = z.object({ site: z.string(), state: z.string() })
const WaitingRow = z.object({ site: z.string(), boot: z.string(), record: z.string() })
const Sighting = z.discriminatedUnion('kind', [Observation, Passage])
const MapRow = z.object({ site: z.string(), at: z.int(), map: z.string() })

export function openInventoryStore(
  database: DatabaseSync,
  evidenceDays: number,
  changesPerCycle?: number,
): InventoryStore {
  const items = openItemRows(database, changesPerCycle)
  const slots = openPackedRows(database, 'slot', 8)
  const readers = openReaderRows(database)
  const evidence = openEvidenceRows(database)
  const bases = openBaseRows(database)
  const packings = openPackingRows(database)
  const untagged = openUntaggedRows(database)
  const addName = database.prepare('INSERT INTO name (id, name) VALUES (?, ?)')
  const addPlace = database.prepare('INSERT INTO place (id, site, zone, slot, departed) VALUES (?, ?, ?, ?, ?)')
  const addTag = database.prepare('INSERT INTO tag (id, epc) VALUES (?, ?)')
  const putSite = database.prepare('INSERT OR REPLACE INTO site (site, state) VALUES (?, ?)')
  const putMap = database.prepare('INSERT OR REPLACE INTO map (site, at, map) VALUES (?, ?, ?)')
  const putWaiting = database.prepare('INSERT OR REPLACE INTO waiting (site, boot, epc, record) VALUES (?, ?, ?, ?)')
  const endWaiting = database.prepare('DELETE FROM waiting WHERE site = ? AND boot = ?')
  const putProgress = database.prepare('UPDATE progress SET "offset" = ?, now = ?')
  let names = openNames([])
  let learned = openLearned(names)
  let savedNames = 0
  let savedPlaces = 0
  let savedTags = 0
  const ledger = openLedger(database, () => names)

  return {
    ledger,
    evidence,
    packings,
    untagged,
    get names() {
      return names
    },
    load: () => {
      const { offset, now } = Progress.parse(database.prepare('SELECT "offset", now FROM progress').get())
      names = openNames(
        database
          .prepare('SELECT id, name FROM name ORDER BY id')
          .all()
          .map((row) => NameRow.parse(row).name),
      )
      learned = openLearned(names)
      const places = database
        .prepare('SELECT site, zone, slot, departed FROM place ORDER BY id')
        .all()
        .map((row) => PlaceRow.parse(row))
      const state = emptyState(openPlaces(places.map((place) => ({ ...place, departed: place.departed === 1 }))))
      state.now = now
      items.loadTracks(state, names)
      loadTags(database, state)
      savedNames = names.all.length
      savedPlaces = state.places.count
      savedTags = state.items.length

      for (const row of database.prepare('SELECT site, state FROM site').all()) {
        const { site, state: text } = SiteRow.parse(row)
        readSite(siteOf(state, site), text)
      }
      for (const count of untagged.all()) state.untagged.tell(count)
      readers.load((site) => siteOf(state, site))
      evidence.load()
      for (const row of database.prepare('SELECT site, boot, record FROM waiting').all()) {
        const { site, boot, record } = WaitingRow.parse(row)
        const { waiting } = siteOf(state, site)
        const ofBoot = waiting.get(boot) ?? new Map<string, Observation | Passage>()
        waiting.set(boot, ofBoot)
        const sighting = Sighting.parse(JSON.parse(record))
        ofBoot.set(sighting.epc, sighting)
      }
      for (const row of database.prepare('SELECT site, at, map FROM map').all()) {
        const { site, at, map } = MapRow.parse(row)
        adopt(state, siteOf(state, site), SiteMap.parse(JSON.parse(map)), at)
      }
      items.load(state, names)
      slots.load((row, start, id) => {
        const slot = state.slotByPlace[id]
        if (slot !== undefined) slot.asOf = row.getFloat64(start, true)
      })
      for (const fact of packings.all()) state.packs.tell(itemOf(state, fact.child), fact)
      state.judgedTo = judgedToBy(now)
      const books = noChanges(learned)
      for (const item of state.items) {
        rebook(state, null, item.place, books)
        watchLoaded(state, item)
        if (item.staleFrom !== 0) state.stale.add(item)
      }
      for (const site of state.sites.values()) {
        for (const reader of site.readers.values()) reader.expired = hasExpired(reader.health, reader.link, now)
      }
      return { state, offset }
    },

    commit: (state, entries, offset) => {
      const changes = noChanges(learned)
      transaction(database, () => {
        const seen: Seen[] = []
        const keepEvidence = (): void => {
          const some = learned.take()
          evidence.add(some.bytes)
          seen.push(some)
        }
        for (const entry of entries) {
          fold(state, entry, changes)
          settle(state, { evidence, ledger, bases, names, packings, untagged, keepEvidence }, entry, changes)
        }
        keepEvidence()
        for (const { id, epc } of state.items.slice(savedTags)) addTag.run(id, epc)
        evidence.prune(state.now - evidenceDays * dayMs)
        bases.prune(hourOf(state.now - tooLateMs - dayMs))
        items.save(state, names, seen, changes.items)
        slots.write({
          ids: Uint32Array.from(changes.slots, (slot) => slot.place).sort(),
          encode: (id, row, start) => row.setFloat64(start, state.slotByPlace[id]?.asOf ?? 0, true),
        })
        for (const { site, boot, record } of changes.waiting) {
          if (record === undefined) endWaiting.run(site, boot)
          else putWaiting.run(site, boot, record.epc, JSON.stringify(record))
        }
        for (const site of changes.sites) {
          putSite.run(site.site, writeSite(site))
          readers.save(site)
        }
        for (const { site, index } of changes.maps) {
          if (index !== undefined) putMap.run(site, state.now, JSON.stringify(index.map))
        }
        names.all.slice(savedNames).forEach((name, index) => void addName.run(savedNames + index + 1, name))
        for (const place of state.places.from(savedPlaces + 1)) {
          addPlace.run(place.id, place.site, place.zone, place.slot, place.departed ? 1 : 0)
        }
        putProgress.run(offset, state.now)
      })
      for (const item of changes.items) item.isChanged = false
      savedNames = names.all.length
      savedPlaces = state.places.count
      savedTags = state.items.length
      return changes
    },
  }
}

/** In pieces, since rows that are asked for one by one cost four times as much. The ids are dense. */
function loadTags(database: DatabaseSync, state: InventoryState): void {
  state.byEpc.makeRoom(Count.parse(database.prepare('SELECT coalesce(max(id), 0) AS count FROM tag').get()).count)
  const some = database.prepare('SELECT epc FROM tag WHERE id > ? ORDER BY id LIMIT ?')
  for (let isMore = true; isMore; ) {
    const rows = some.all(state.items.length, tagsAtOnce)
    // The column is TEXT NOT NULL in a STRICT table, so there is nothing to parse.
    for (const { epc } of rows) itemOf(state, String(epc))
    isMore = rows.length === tagsAtOnce
  }
}

function openNames(known: readonly string[]): Names & { readonly all: string[] } {
  const all = [...known]
  const ids = new Map(all.map((name, index) => [name, index + 1]))
  return {
    all,
    idOf: (name) => {
      if (name === '') return 0
      const id = ids.get(name)
      if (id !== undefined) return id
      all.push(name)
      ids.set(name, all.length)
      return all.length
    },
    nameOf: (id) => all[id - 1] ?? '',
  }
}
