import { openDatabase, transaction } from '../database/open.ts'
import type { GatewayEntry, JournalEntry } from '../journal/journal.ts'
import type { Projection } from '../journal/projection.ts'
import { type Ledger, ledgerTables, openLedger, type SetAside } from './ledger.ts'
import { type ClockFound, seriesOf, shifted, type Unsynced } from './points.ts'
import type { Point, Rejection, SeriesStore } from './series-store.ts'
import type { SqliteSeriesStore } from './sqlite.ts'

export interface SeriesProjectionOptions {
  /** Stays open when the projection closes: the API asks it too. */
  readonly store: SeriesStore | SqliteSeriesStore
  /** SQLite file for the offset; not used with the SQLite store, which keeps it beside the points. */
  readonly offsetPath: string
  readonly log?: { warn(fields: object, message: string): void }
}

export interface SeriesProjection extends Projection {
  /** Points that could never be stored, since the beginning. */
  readonly setAside: number
  /** Points that wait until the clock of their boot is known. */
  readonly waiting: number
  /** Newest first. */
  newestSetAside(limit: number): readonly SetAside[]
}

/**
 * Feeds a series store from the journal. With SQLite points and offset commit together. With InfluxDB the offset
 * follows the write, so a crash between them writes the same points again, which changes nothing there: give it
 * some ten thousand records at a time, to make two requests of 5,000 points or more of. SQLite works on this thread, about
 * 10 µs a record: a few thousand at a time.
 */
export async function openSeriesProjection(options: SeriesProjectionOptions): Promise<SeriesProjection> {
  const { store, offsetPath, log } = options
  const embedded = 'commit' in store ? store : undefined
  const database =
    embedded?.database ?? openDatabase({ path: offsetPath, migrations: [ledgerTables], durability: 'normal' })
  const ledger = openLedger(database)
  let offset = ledger.offset()
  let closed = false

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
    get waiting() {
      return ledger.waitingTotal()
    },
    newestSetAside: ledger.newestSetAside,

    async apply(entries, signal) {
      const last = entries.at(-1)
      if (last === undefined) return
      const work = workOf(entries, ledger)
      const rejections = await commit(
        work.points.map(({ point }) => point),
        (rejections) => {
          for (const { index, reason } of rejections) {
            const rejected = work.points[index]
            if (rejected !== undefined) ledger.setAside({ ...rejected, reason })
          }
          for (const { address, clock } of work.clocks) ledger.clockFound(address, clock)
          let room = work.waiting.length === 0 ? 0 : ledger.roomToWait()
          for (const { offset, unsynced } of work.waiting) {
            const { boot, point } = unsynced
            if (boot === undefined || room <= 0) ledger.setAside({ offset, reason: 'unsynced', point })
            else ledger.wait(offset, boot, point)
            room -= 1
          }
          ledger.advance(last.offset)
        },
        signal,
      )
      offset = last.offset
      const [first] = rejections
      if (first !== undefined) log?.warn({ points: rejections.length, reason: first.reason }, 'series points set aside')
    },

    async skip(to) {
      await commit([], () => ledger.advance(to), new AbortController().signal)
      offset = to
    },

    async close() {
      if (closed) return
      closed = true
      if (embedded === undefined) database.close()
    },
  }
}

interface Work {
  /** In journal order, with the offset of their entry. */
  readonly points: { readonly offset: number; readonly point: Point }[]
  readonly waiting: { readonly offset: number; readonly unsynced: Unsynced }[]
  readonly clocks: { readonly address: GatewayEntry; readonly clock: ClockFound }[]
}

/** What entries ask for, given what is known about clocks. Changes nothing. */
function workOf(entries: readonly JournalEntry[], known: Pick<Ledger, 'offsetMsOf' | 'waitingOf'>): Work {
  const work: Work = { points: [], waiting: [], clocks: [] }
  const found = new Map<string, number>()
  const series = entries.filter((entry) => entry.origin === 'gateway').map((entry) => ({ entry, ...seriesOf(entry) }))
  for (const { entry, clocks } of series) {
    const { site, gateway } = entry
    for (const clock of clocks) {
      const { boot, offsetMs } = clock
      found.set(`${site}/${gateway}/${boot}`, offsetMs)
      work.clocks.push({ address: entry, clock })
    }
  }
  for (const { address, clock } of work.clocks) {
    const boot = { site: address.site, gateway: address.gateway, boot: clock.boot }
    for (const { offset, point } of known.waitingOf(boot))
      work.points.push({ offset, point: shifted(point, clock.offsetMs) })
  }
  for (const { entry, points, unsynced } of series) {
    const { site, gateway, offset } = entry
    for (const point of points) work.points.push({ offset, point })
    for (const stamped of unsynced) {
      const { boot, point } = stamped
      const offsetMs =
        boot === undefined
          ? undefined
          : (found.get(`${site}/${gateway}/${boot}`) ?? known.offsetMsOf({ site, gateway, boot }))
      if (offsetMs === undefined) work.waiting.push({ offset, unsynced: stamped })
      else work.points.push({ offset, point: shifted(point, offsetMs) })
    }
  }
  return work
}
