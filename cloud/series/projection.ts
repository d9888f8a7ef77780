import { openDatabase, transaction } from '../database/open.ts'
import type { GatewayEntry, JournalEntry } from '../journal/journal.ts'
import type { Projection } from '../journal/projection.ts'
import { type Ledger, ledgerClamped, ledgerTables, openLedger, type SetAside } from './ledger.ts'
import { type ClockFound, notAhead, seriesOf, shifted, type Unsynced } from './points.ts'
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
  /** Points whose stamp lay in the future, taken as of their recording, since the beginning. */
  readonly clamped: number
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
    embedded?.database ??
    openDatabase({ path: offsetPath, migrations: [ledgerTables, ledgerClamped], durability: 'normal' })
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
    get clamped() {
      return ledger.clampedTotal()
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
        work.points,
        (rejections) => {
          for (const { index, reason } of rejections) {
            const [point, offset] = [work.points[index], work.offsets[index]]
            if (point !== undefined && offset !== undefined) ledger.setAside({ offset, point, reason })
          }
          for (const { address, clock } of work.clocks) ledger.clockFound(address, clock)
          let room = work.waiting.length === 0 ? 0 : ledger.roomToWait()
          for (const { offset, unsynced } of work.waiting) {
            const { boot, point } = unsynced
            if (boot === undefined || room <= 0) ledger.setAside({ offset, reason: 'unsynced', point })
            else ledger.wait(offset, boot, point)
            room -= 1
          }
          if (work.clamped > 0) ledger.clamped(work.clamped)
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
  /** In journal order. */
  readonly points: Point[]
  /** Of the entry of each. */
  readonly offsets: number[]
  readonly waiting: { readonly offset: number; readonly unsynced: Unsynced }[]
  readonly clocks: { readonly address: GatewayEntry; readonly clock: ClockFound }[]
  /** Points whose stamp lay in the future. */
  clamped: number
}

/**
 * What entries ask for, given what is known about clocks. Changes nothing. Entry after entry, so that the answer does
 * not depend on how many are applied at once: what waits is released by the first clock of its boot.
 */
function workOf(entries: readonly JournalEntry[], known: Pick<Ledger, 'offsetMsOf' | 'waitingOf'>): Work {
  const work: Work = { points: [], offsets: [], waiting: [], clocks: [], clamped: 0 }
  const found = new Map<string, number>()
  let waiting: Work['waiting'] = []

  function add(points: readonly Point[], offset: (index: number) => number, recordedAt: number): void {
    const believed = notAhead(points, recordedAt)
    for (let index = 0; index < points.length; index += 1) {
      work.points.push(believed.points[index] as Point)
      work.offsets.push(offset(index))
    }
    work.clamped += believed.clamped
  }

  function release(address: GatewayEntry, { boot, offsetMs }: ClockFound): void {
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
    const { points, unsynced, clocks } = seriesOf(entry)
    for (const early of unsynced) {
      const { boot, point } = early
      const offsetMs =
        boot === undefined ? undefined : (found.get(keyOf(entry, boot)) ?? known.offsetMsOf({ site, gateway, boot }))
      if (offsetMs === undefined) waiting.push({ offset, unsynced: early })
      else points.push(shifted(point, offsetMs))
    }
    add(points, () => offset, recordedAt)
    for (const clock of clocks) {
      release(entry, clock)
      work.clocks.push({ address: entry, clock })
    }
  }
  return { ...work, waiting }
}

function keyOf(
  { site, gateway }: { readonly site: string; readonly gateway: string },
  boot: string | undefined,
): string {
  return `${site}/${gateway}/${boot ?? ''}`
}
