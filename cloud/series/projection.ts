import { openDatabase, transaction } from '../database/open.ts'
import type { GatewayEntry, JournalEntry } from '../journal/journal.ts'
import type { Projection } from '../journal/projection.ts'
import type { Excursion } from './excursion.ts'
import { type ExcursionQuery, excursion, range } from './history.ts'
import { type Ledger, ledgerClamped, ledgerTables, openLedger, type SetAside } from './ledger.ts'
import { type ClockFound, type EntrySeries, notAhead, seriesOf, shifted, type Unsynced } from './points.ts'
import { type Keep, oldestKeptMs } from './retention.ts'
import { openRollUpLedger, rollUpTables } from './roll-up-ledger.ts'
import { type LatestValue, openRollUps } from './roll-ups.ts'
import type { Bucket, Point, RangeQuery, Rejection, SeriesStore } from './series-store.ts'
import type { SqliteSeriesStore } from './sqlite.ts'
import { openUpkeep } from './upkeep.ts'

export interface SeriesProjectionOptions {
  /** Stays open when the projection closes: the API asks it too. */
  readonly store: SeriesStore | SqliteSeriesStore
  /** SQLite file for the offset; not used with the SQLite store, which keeps it beside the points. */
  readonly offsetPath: string
  /** Series that one site may have; points of any more are set aside. */
  readonly seriesPerSite?: number
  /** How long history is kept; for ever unless told. */
  readonly keepAt?: (site: string) => Keep
  readonly log?: { warn(fields: object, message: string): void }
}

/** Records of an entry, or what they add to the series. */
export type ForSeries = GatewayEntry['records'] | EntrySeries

export interface SeriesProjection extends Projection<ForSeries> {
  /** Points that could never be stored, since the beginning. */
  readonly setAside: number
  /** Points whose stamp lay in the future, taken as of their recording, since the beginning. */
  readonly clamped: number
  /** Points that wait until the clock of their boot is known. */
  readonly waiting: number
  /** Newest first. */
  newestSetAside(limit: number): readonly SetAside[]
  /** As the store's own `range`, from roll-ups wherever they know the answer. */
  range(query: RangeQuery, signal: AbortSignal): Promise<readonly Bucket[]>
  /** How long and how far a sensor was outside of its limits; undefined: it said nothing. */
  excursion(query: ExcursionQuery, signal: AbortSignal): Promise<Excursion | undefined>
  /** Newest values by event time, of all sensors of a site; from memory. */
  latest(site: string): readonly LatestValue[]
  /** How many series each site has. */
  readonly seriesCounts: ReadonlyMap<string, number>
  /** Sites that have as many as they may. */
  readonly fullSites: readonly string[]
}

/** Of the projection's own file, beside a store that is no SQLite. */
export const ledgerMigrations = [ledgerTables, ledgerClamped, rollUpTables] as const

/** What InfluxDB carries easily, and more than a site has sensors and read points. */
const usualSeriesPerSite = 50_000
const keepEverything = (): Keep => ({})
/** Fewer records than this at once, and there is time for what is not urgent. */
const quietRecords = 1000

/**
 * Feeds a series store from the journal. With SQLite points and offset commit together. With InfluxDB the offset
 * follows the write, so a crash between them writes the same points again, which changes nothing there: give it
 * some ten thousand records at a time, to make two requests of 10,000 points of. SQLite works on this thread, about
 * 10 µs a record: a few thousand at a time.
 */
export async function openSeriesProjection(options: SeriesProjectionOptions): Promise<SeriesProjection> {
  const { store, offsetPath, seriesPerSite = usualSeriesPerSite, keepAt = keepEverything, log } = options
  const embedded = 'commit' in store ? store : undefined
  const database =
    embedded?.database ?? openDatabase({ path: offsetPath, migrations: ledgerMigrations, durability: 'normal' })
  const ledger = openLedger(database)
  const rollUpLedger = openRollUpLedger(database)
  let rollUps = openRollUps(rollUpLedger, { seriesPerSite })
  const upkeep = openUpkeep(store, keepAt)
  let offset = ledger.offset()
  let closed = false
  /** Taken in by the roll-ups, but not written: the same entries are tried again, or the roll-ups forget them. */
  let unwritten: Batch | undefined

  function forget(): void {
    rollUps = openRollUps(rollUpLedger, { seriesPerSite })
    unwritten = undefined
  }

  function isKept(point: Point, recordedAt: number): boolean {
    const { rawDays } = keepAt(point.site)
    return rawDays === undefined || point.at >= oldestKeptMs(recordedAt, rawDays)
  }

  function batchOf(entries: readonly JournalEntry<ForSeries>[], last: JournalEntry<ForSeries>): Batch {
    const first = entries[0] ?? last
    if (unwritten !== undefined && unwritten.first === first && unwritten.last === last) return unwritten
    if (unwritten !== undefined) forget()
    const work = workOf(entries, ledger, isKept)
    const rows: Point[] = []
    rollUps.advance(last.recordedAt)
    const refused = new Set<number>()
    for (let index = 0; index < work.points.length; index += 1) {
      const point = work.points[index] as Point
      const reason = rollUps.take(point, rows)
      if (reason === undefined) continue
      work.refused.push({ offset: work.offsets[index] ?? last.offset, point, reason })
      refused.add(index)
    }
    rollUps.tick(rows)
    unwritten = { ...work, first, last }
    if (refused.size > 0) {
      const isTaken = (_: unknown, index: number) => !refused.has(index)
      unwritten = { ...unwritten, points: work.points.filter(isTaken), offsets: work.offsets.filter(isTaken) }
    }
    for (const row of rows) unwritten.points.push(row)
    return unwritten
  }

  /** What is not urgent. Trouble with it waits for another time: what is new is in, and will meet the same trouble. */
  async function keepUp(now: number, records: number, signal: AbortSignal): Promise<void> {
    const isQuiet = records < quietRecords
    try {
      const overdue = await upkeep.overdue(rollUps, isQuiet, signal)
      if (overdue.length > 0) {
        for (const { due, points } of overdue) rollUps.rolled(due, points)
        await commit(
          overdue.flatMap(({ rows }) => rows),
          () => rollUps.save(),
          signal,
        )
      }
      if (isQuiet) await upkeep.expire(now, rollUps.counts.keys(), signal)
    } catch (thrown) {
      forget()
      if (!signal.aborted) log?.warn({ reason: String(thrown) }, 'roll-ups or retention could not go on; tried again')
    }
  }

  async function commit(
    points: readonly Point[],
    also: (rejections: readonly Rejection[]) => void,
    signal: AbortSignal,
  ): Promise<readonly Rejection[]> {
    if (embedded !== undefined) return embedded.commit(points, also)
    const rejections = points.length === 0 ? [] : await store.write(points, signal)
    transaction(database, () => also(rejections))
    return rejections
  }

  return {
    name: 'series',
    get offset() {
      return offset
    },
    get setAside() {
      return ledger.setAsideTotal()
    },
    get clamped() {
      return ledger.clampedTotal()
    },
    get waiting() {
      return ledger.waitingTotal()
    },
    newestSetAside: ledger.newestSetAside,
    range: (query, signal) => range(store, rollUps, query, signal),
    excursion: (query, signal) => excursion(store, rollUps, query, signal),
    latest: (site) => [...rollUps.latest(site)],
    get seriesCounts() {
      return rollUps.counts
    },
    get fullSites() {
      return [...rollUps.counts].filter(([, count]) => count >= seriesPerSite).map(([site]) => site)
    },

    async apply(entries, signal) {
      const last = entries.at(-1)
      if (last === undefined) return
      const work = batchOf(entries, last)
      const rejections = await commit(
        work.points,
        (rejections) => {
          for (const { index, reason } of rejections) {
            const [point, offset] = [work.points[index], work.offsets[index]]
            if (point === undefined || offset === undefined) continue
            ledger.setAside({ offset, point, reason })
            rollUps.distrust(point)
          }
          for (const refused of work.refused) ledger.setAside(refused)
          for (const { address, clock } of work.clocks) ledger.clockFound(address, clock)
          let room = work.waiting.length === 0 ? 0 : ledger.roomToWait()
          for (const { offset, unsynced } of work.waiting) {
            const { boot, point } = unsynced
            if (boot === undefined || room <= 0) ledger.setAside({ offset, reason: 'unsynced', point })
            else ledger.wait(offset, boot, point)
            room -= 1
          }
          if (work.clamped > 0) ledger.clamped(work.clamped)
          rollUps.save()
          ledger.advance(last.offset)
        },
        signal,
      )
      unwritten = undefined
      offset = last.offset
      const aside = [...rejections, ...work.refused]
      if (aside[0] !== undefined)
        log?.warn({ points: aside.length, reason: aside[0].reason }, 'series points set aside')
      const records = entries.reduce((sum, entry) => sum + entry.records.length, 0)
      await keepUp(last.recordedAt, records, signal)
    },

    async skip(to) {
      if (unwritten !== undefined) forget()
      await commit([], () => ledger.advance(to), new AbortController().signal)
      offset = to
    },

    async close() {
      if (closed) return
      closed = true
      if (unwritten === undefined) {
        rollUps.tellAll()
        transaction(database, () => rollUps.save())
      }
      if (embedded === undefined) database.close()
    },
  }
}

interface Work {
  /** In journal order. */
  readonly points: Point[]
  /** Of the entry of each. */
  readonly offsets: number[]
  readonly waiting: { readonly offset: number; readonly unsynced: Unsynced }[]
  readonly clocks: { readonly address: GatewayEntry<ForSeries>; readonly clock: ClockFound }[]
  /** Points whose stamp lay in the future. */
  clamped: number
  /** Points that are not even tried. */
  readonly refused: SetAside[]
}

/** Work with the roll-ups that it completes behind its points; `offsets` has none for those. */
interface Batch extends Work {
  readonly first: JournalEntry<ForSeries>
  readonly last: JournalEntry<ForSeries>
}

/**
 * What entries ask for, given what is known about clocks. Changes nothing. Entry after entry, so that the answer does
 * not depend on how many are applied at once: what waits is released by the first clock of its boot.
 */
function workOf(
  entries: readonly JournalEntry<ForSeries>[],
  known: Pick<Ledger, 'offsetMsOf' | 'waitingOf'>,
  isKept: (point: Point, recordedAt: number) => boolean,
): Work {
  const work: Work = { points: [], offsets: [], waiting: [], clocks: [], clamped: 0, refused: [] }
  const found = new Map<string, number>()
  let waiting: Work['waiting'] = []

  function add(points: readonly Point[], offset: (index: number) => number, recordedAt: number): void {
    const believed = notAhead(points, recordedAt)
    for (let index = 0; index < points.length; index += 1) {
      const point = believed.points[index] as Point
      if (!isKept(point, recordedAt)) {
        work.refused.push({ offset: offset(index), point, reason: 'older than what is kept' })
        continue
      }
      work.points.push(point)
      work.offsets.push(offset(index))
    }
    work.clamped += believed.clamped
  }

  function release(address: GatewayEntry<ForSeries>, { boot, offsetMs }: ClockFound): void {
    const { site, gateway } = address
    const key = keyOf(address, boot)
    const stored = found.has(key) ? [] : known.waitingOf({ site, gateway, boot })
    const isOfBoot = ({ unsynced }: Work['waiting'][number]) => keyOf(unsynced.point, unsynced.boot) === key
    const fresh = waiting.filter(isOfBoot)
    if (fresh.length > 0) waiting = waiting.filter((one) => !isOfBoot(one))
    const released = [...stored, ...fresh.map(({ offset, unsynced }) => ({ offset, point: unsynced.point }))]
    add(
      released.map(({ point }) => shifted(point, offsetMs)),
      (index) => released[index]?.offset ?? address.offset,
      address.recordedAt,
    )
    found.set(key, offsetMs)
  }

  for (const entry of entries) {
    if (entry.origin !== 'gateway') continue
    const { site, gateway, offset, recordedAt } = entry
    const { points, unsynced, clocks } = isRead(entry) ? entry.records : seriesOf(entry as GatewayEntry)
    const setRight: Point[] = []
    for (const early of unsynced) {
      const { boot, point } = early
      const offsetMs =
        boot === undefined ? undefined : (found.get(keyOf(entry, boot)) ?? known.offsetMsOf({ site, gateway, boot }))
      if (offsetMs === undefined) waiting.push({ offset, unsynced: early })
      else setRight.push(shifted(point, offsetMs))
    }
    add(setRight.length === 0 ? points : [...points, ...setRight], () => offset, recordedAt)
    for (const clock of clocks) {
      release(entry, clock)
      work.clocks.push({ address: entry, clock })
    }
  }
  return { ...work, waiting }
}

function isRead(entry: GatewayEntry<ForSeries>): entry is GatewayEntry<EntrySeries> {
  return !Array.isArray(entry.records)
}

function keyOf(
  { site, gateway }: { readonly site: string; readonly gateway: string },
  boot: string | undefined,
): string {
  return `${site}/${gateway}/${boot ?? ''}`
}
